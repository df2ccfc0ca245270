"""The agent as a tool of an OpenAI Agents SDK agent: `python examples/function_tool_agents_sdk.py MODEL`.

Needs `pip install openai-agents`, and OPENAI_API_KEY or OPENAI_BASE_URL. One line of standard input is one message; an
empty line presses the button. The desk's conversation is the run's context, out of the other model's reach.
"""

import asyncio
import os
import sys
from dataclasses import dataclass
from typing import Any

from agents import Agent, FunctionTool, OpenAIChatCompletionsModel, Runner, set_tracing_disabled
from agents.tool_context import ToolContext
from openai import AsyncOpenAI, OpenAIError

from agent import Chat, HandoffAgent, Reply, tool
from agent.data import example_path


@dataclass
class Desk:
    """One person's conversation with the desk, and what it said last, for the host to show."""

    chat: Chat
    said: Reply | None = None


async def pass_on(context: ToolContext[Desk], arguments: str) -> str:
    desk = context.context
    output, reply = await tool.called(desk.chat, arguments)
    desk.said = reply or desk.said
    return output


DESK_TOOL = FunctionTool(
    name=tool.NAME,
    description=tool.description(),
    params_json_schema=tool.parameters(),
    on_invoke_tool=pass_on,
)


async def main(model: str) -> None:
    set_tracing_disabled(disabled=True)  # its default sends every conversation to OpenAI
    async with (
        AsyncOpenAI(api_key=os.environ.get("OPENAI_API_KEY", "none")) as client,
        HandoffAgent.from_file(example_path()) as agent,
    ):
        assistant = Agent[Desk](
            name="Assistant",
            instructions="You help employees. For a live agent use the desk.",
            model=OpenAIChatCompletionsModel(model, client),
            tools=[DESK_TOOL],
        )
        desk, items = Desk(agent.start()), list[Any]()
        for line in sys.stdin:
            if line.strip():
                print(f"person: {line.strip()}")
                items.append({"role": "user", "content": line.strip()})
                result = await Runner.run(assistant, items, context=desk)
                items = result.to_input_list()
                print(f"assistant: {result.final_output}")
                if desk.said and desk.said.proposal:
                    print(f"[{desk.said.buttons[0].label}] for {desk.said.proposal.queue}: press Enter")
            else:
                reply = await desk.chat.press("start")
                print(f"person presses the button: {reply.handoff.url if reply.handoff else reply.text}")


try:
    asyncio.run(main(sys.argv[1] if len(sys.argv) > 1 else "gpt-5-mini"))
except OpenAIError as error:
    raise SystemExit(f"the other model cannot be asked: {error}") from None
