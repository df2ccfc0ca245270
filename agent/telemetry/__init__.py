"""Traces and metrics of OpenTelemetry, for processes that use it."""
