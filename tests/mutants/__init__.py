"""Takes each guard of the promises out in turn: a test has to fail. ``python -m tests.mutants`` (some minutes)."""
