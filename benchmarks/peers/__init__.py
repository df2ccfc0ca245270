"""Beside other agent frameworks, on one fixed job, in one run."""
