"""The models that make the decisions: any OpenAI-compatible server, the embedded one, a scripted one."""
