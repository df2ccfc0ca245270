"""What is measured, by commands: `python -m benchmarks.NAME --help`. Nothing here is shipped."""
