"""The eval suite: scores the agent on conversations."""
