"""Embed the agent in a script: `python examples/embed.py`.

It runs with the example catalogue and, unless HANDOFF_MODEL is set, the embedded model. In a host of your own
the person's words come from your chat, and their presses from your buttons.
"""

import asyncio

from agent import HandoffAgent, Reply, User
from agent.data import example_path


def show(reply: Reply) -> None:
    for step in reply.steps:
        print(f"  ({step.status}) {step.text}")
    print(f"  {reply.text}".replace("\n", "\n  "))
    for button in reply.buttons:
        print(f"  [{button.label}] -> press({button.action!r})")


async def main() -> None:
    async with HandoffAgent.from_file(example_path()) as agent:
        chat = agent.start(user=User(name="Ada", email="ada@acme.com"))
        for said in (
            "I'd like to speak to a live agent",
            "I'm running into a strange issue with a SQL database that I'm using.",
        ):
            print(f"Ada: {said}")
            show(await chat.send(said))
        print("Ada presses “Start agent chat”")
        reply = await chat.press("start")
        show(reply)
        if reply.handoff:
            print(f"Open {reply.handoff.url}")


asyncio.run(main())
