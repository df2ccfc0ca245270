"""`handoff serve`: the agent over HTTP. `app.create_app` makes the ASGI app, `run.serve` runs it."""
