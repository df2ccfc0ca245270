"""The person's own yes: their client shows them a form. A client that has none gets a page (see `pages`).

Clients of the newer protocol are asked by the answer to the call, and call again with what the person chose; it is
bound to the proposal by its key. Older ones are asked while the call waits.
"""

import logging

from mcp.server import ServerRequestContext
from mcp.shared.exceptions import MCPError
from mcp.types import (
    CallToolRequestParams,
    ElicitRequest,
    ElicitRequestFormParams,
    ElicitResult,
    InputRequiredResult,
)

from agent.language.locale import Locale
from agent.records.reply import Proposal

_BY_ANSWER = "2026-07-28"
"""The protocol from which on a client is asked by the answer to its call."""
log = logging.getLogger("agent.mcp")


async def ask(
    context: ServerRequestContext, params: CallToolRequestParams, proposal: Proposal, locale: Locale
) -> bool | InputRequiredResult | None:
    """Whether the person agrees to `proposal`; None where their client cannot ask them.

    An `InputRequiredResult` is the answer to the call, after which it is made again.
    """
    if not _has_forms(context):
        return None
    form = _form(proposal, locale)
    if context.protocol_version < _BY_ANSWER:
        try:
            chosen = await context.session.elicit_form(
                form.message, form.requested_schema, context.request_id
            )
        except MCPError as error:
            log.warning("the person could not be asked by their client: error %s", error.error.code)
            return None
        return _agreed(chosen)
    key = f"start:{proposal.id}"
    answer = (params.input_responses or {}).get(key)
    if answer is None:
        return InputRequiredResult(input_requests={key: ElicitRequest(params=form)})
    return isinstance(answer, ElicitResult) and _agreed(answer)


def _has_forms(context: ServerRequestContext) -> bool:
    able = context.session.client_capabilities
    asks = able.elicitation if able else None
    # Without any mode it is a client from before there were two.
    return asks is not None and (asks.form is not None or asks.url is None)


def _agreed(answer: ElicitResult) -> bool:
    return answer.action == "accept" and (answer.content or {}).get("confirm") is True


def _form(proposal: Proposal, locale: Locale) -> ElicitRequestFormParams:
    unsent = proposal.summary and not proposal.carries_summary
    lines = [
        locale("yes_ask", queue=proposal.queue),
        locale("yes_prepared"),
        locale("yes_sends", to=proposal.to),
        *(f"- {name}: {value}" for name, value in proposal.sends.items()),
        f"{locale('summary_not_sent')}\n“{proposal.summary}”" if unsent else "",
    ]
    confirm = {"type": "boolean", "title": locale("yes_field"), "default": False}
    return ElicitRequestFormParams(
        message="\n".join(line for line in lines if line),
        requested_schema={"type": "object", "properties": {"confirm": confirm}, "required": ["confirm"]},
    )
