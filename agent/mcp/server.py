"""The protocol around the tools: what is listed, what a call is answered with, and how errors are told."""

import logging
from importlib.metadata import version
from typing import Any

from mcp.server import Server, ServerRequestContext
from mcp.types import (
    CallToolRequestParams,
    CallToolResult,
    InputRequiredResult,
    ListToolsResult,
    PaginatedRequestParams,
    TextContent,
)

from agent.errors import InputError, StoreError
from agent.language.locale import Locale
from agent.mcp.caller import Caller
from agent.mcp.consent import ask
from agent.mcp.desk import Desk
from agent.mcp.texts import queues_text, reply_text
from agent.mcp.tools import Queues, definitions, read_arguments
from agent.records.reply import Proposal, Reply

log = logging.getLogger("agent.mcp")
CALLER = "handoff_caller"
"""Where an HTTP request's state holds its `Caller`."""


class _AskedByAnswerError(Exception):
    def __init__(self, answer: InputRequiredResult) -> None:
        super().__init__()
        self.answer = answer


def make_server(desk: Desk, caller: Caller | None) -> Server:
    """The server of `desk`, for `caller`; for None each HTTP request says who calls."""
    tools = definitions()

    async def listed(_: ServerRequestContext, __: PaginatedRequestParams | None) -> ListToolsResult:
        return ListToolsResult(tools=tools)

    async def called(
        context: ServerRequestContext, params: CallToolRequestParams
    ) -> CallToolResult | InputRequiredResult:
        async def person(proposal: Proposal, locale: Locale) -> bool | None:
            answer = await ask(context, params, proposal, locale)
            if isinstance(answer, InputRequiredResult):
                raise _AskedByAnswerError(answer)
            return answer

        try:
            who = caller or _caller_of(context)
            arguments = read_arguments(params.name, params.arguments or {})
            return _result(await desk.do(who, arguments, person))
        except _AskedByAnswerError as asked:
            return asked.answer
        except InputError as error:
            return _error(str(error))
        except StoreError as error:
            log.warning("a call could not be carried out: %s", error)  # its own words are for the operator
            return _error("The conversation cannot be kept at the moment: call again in a few seconds.")
        except Exception:
            log.exception("a call ended with an error of this program")
            return _error("This call could not be carried out; the operator finds more in the log.")

    return Server(
        "live-agent-handoff",
        version=version("live-agent-handoff"),
        title="Live agent handoff",
        on_list_tools=listed,
        on_call_tool=called,
    )


def _caller_of(context: ServerRequestContext) -> Caller:
    if context.request is None:
        raise RuntimeError("the request that a call came with is missing")
    caller: Caller = getattr(context.request.state, CALLER)
    return caller


def _result(done: Reply | Queues) -> CallToolResult:
    text = queues_text(done.queues) if isinstance(done, Queues) else reply_text(done)
    structured: dict[str, Any] = done.model_dump(mode="json")
    return CallToolResult(content=[TextContent(text=text)], structured_content=structured)


def _error(text: str) -> CallToolResult:
    return CallToolResult(content=[TextContent(text=text)], is_error=True)
