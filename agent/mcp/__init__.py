"""`handoff mcp`: the agent as tools for other assistants. Their calls are no person's yes."""
