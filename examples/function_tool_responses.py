"""The agent as a function tool, with the OpenAI SDK's Responses: `python examples/function_tool_responses.py MODEL`.

As examples/function_tool.py; the definition is flat here, and calls and their outputs are items.
"""

import asyncio
import os
import sys
from typing import Any

from openai import AsyncOpenAI, OpenAIError

from agent import Chat, HandoffAgent, Reply, tool
from agent.data import example_path


async def answer(client: AsyncOpenAI, model: str, items: list[Any], desk: Chat) -> Reply | None:
    """Let the other model answer; returns what the desk said, if it was asked."""
    tools: Any = [tool.for_responses()]
    said: Reply | None = None
    for _ in range(3):
        response = await client.responses.create(model=model, input=items, tools=tools, store=False)
        items.extend(item.model_dump(exclude_none=True) for item in response.output)
        calls = [item for item in response.output if item.type == "function_call"]
        if not calls:
            print(f"assistant: {response.output_text}")
            break
        for call in calls:
            output, reply = await tool.called(desk, call.arguments)
            said = reply or said
            items.append({"type": "function_call_output", "call_id": call.call_id, "output": output})
    return said


async def main(model: str) -> None:
    async with (
        AsyncOpenAI(api_key=os.environ.get("OPENAI_API_KEY", "none")) as client,
        HandoffAgent.from_file(example_path()) as agent,
    ):
        desk, items = agent.start(), list[Any]()
        for line in sys.stdin:
            if line.strip():
                print(f"person: {line.strip()}")
                items.append({"role": "user", "content": line.strip()})
                said = await answer(client, model, items, desk)
                if said and said.proposal:
                    print(f"[{said.buttons[0].label}] for {said.proposal.queue}: press Enter")
            else:
                reply = await desk.press("start")
                print(f"person presses the button: {reply.handoff.url if reply.handoff else reply.text}")


try:
    asyncio.run(main(sys.argv[1] if len(sys.argv) > 1 else "gpt-5-mini"))
except OpenAIError as error:
    raise SystemExit(f"the other model cannot be asked: {error}") from None
