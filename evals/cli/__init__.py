"""`handoff eval` and what belongs to it."""
