"""Where a handoff goes: what would be sent there, and the URL that opens the chat."""
