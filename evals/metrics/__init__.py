"""Metrics, one a file. Each takes results one by one, in the order of the run, and keeps only counts."""
