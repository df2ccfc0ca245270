"""The agent as a function tool, with the OpenAI SDK's Chat Completions: `python examples/function_tool.py MODEL`.

The other model may pass on what the person says, and that is all: its call is no yes. When the desk proposes a
handoff, the host shows the button, and only the person's own press goes to `press`.
Needs OPENAI_API_KEY, or OPENAI_BASE_URL for another server. One line of standard input is one message; an
empty line presses the button.
"""

import asyncio
import os
import sys
from typing import Any

from openai import AsyncOpenAI, OpenAIError

from agent import Chat, HandoffAgent, Reply, tool
from agent.data import example_path


async def answer(client: AsyncOpenAI, model: str, messages: list[Any], desk: Chat) -> Reply | None:
    """Let the other model answer; returns what the desk said, if it was asked."""
    tools: Any = [tool.for_chat_completions()]
    said: Reply | None = None
    for _ in range(3):
        completion = await client.chat.completions.create(model=model, messages=messages, tools=tools)
        message = completion.choices[0].message
        messages.append(message.model_dump(exclude_none=True))
        if not message.tool_calls:
            print(f"assistant: {message.content}")
            break
        for call in message.tool_calls:
            if call.type == "function":
                output, reply = await tool.called(desk, call.function.arguments)
                said = reply or said
                messages.append({"role": "tool", "tool_call_id": call.id, "content": output})
    return said


async def main(model: str) -> None:
    async with (
        AsyncOpenAI(api_key=os.environ.get("OPENAI_API_KEY", "none")) as client,
        HandoffAgent.from_file(example_path()) as agent,
    ):
        desk, messages = agent.start(), list[Any]()
        for line in sys.stdin:
            if line.strip():
                print(f"person: {line.strip()}")
                messages.append({"role": "user", "content": line.strip()})
                said = await answer(client, model, messages, desk)
                if said and said.proposal:
                    print(f"[{said.buttons[0].label}] for {said.proposal.queue}: press Enter")
            else:
                reply = await desk.press("start")
                print(f"person presses the button: {reply.handoff.url if reply.handoff else reply.text}")


try:
    asyncio.run(main(sys.argv[1] if len(sys.argv) > 1 else "gpt-5-mini"))
except OpenAIError as error:
    raise SystemExit(f"the other model cannot be asked: {error}") from None
