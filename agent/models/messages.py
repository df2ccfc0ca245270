"""From a briefing to the messages of a Chat Completions request.

The order serves prompt caches: one system message with the instructions and the catalogue, byte for byte the
same for a whole conversation and for everybody who may see the same queues; then the conversation; then the
state, in a system message of its own, and only if there is anything to say.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal
from weakref import WeakKeyDictionary

from agent.catalogue.schema import Queue
from agent.catalogue.view import View
from agent.models import encoding_json
from agent.models.base import Briefing
from agent.models.catalogue_text import queue_lines, quoted
from agent.models.gone import gone_names, without_gone
from agent.models.handles import handles
from agent.models.state import candidates_of, state_text
from agent.models.tokens import Count, counter, cut, in_bytes
from agent.records.conversation import Message
from prompts import line, prompt

Decisions = Literal["tools", "json"]
ChatMessage = dict[str, str]

_OVERHEAD = 4  # tokens that a message takes beside its text
_LEAST = 200  # tokens that the person's last message gets, whatever else there is


@dataclass(frozen=True, slots=True)
class Prefix:
    """The part that does not change; `listed`: the catalogue is in it. `shown`: what the model knows ids as."""

    text: str
    listed: bool
    shown: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """A prompt in its parts. `ids` are those of the queues that it tells of, by what the model knows them as."""

    system: str
    turns: tuple[ChatMessage, ...]
    state: str
    listed: bool
    ids: Mapping[str, str]

    def messages(self, *, state_first: bool = False) -> list[ChatMessage]:
        """The messages; `state_first` for chat templates that take a system message only at the beginning."""
        if not self.state:
            return [_message("system", self.system), *self.turns]
        if state_first:
            return [_message("system", f"{self.system}\n\n{self.state}"), *self.turns]
        return [_message("system", self.system), *self.turns, _message("system", self.state)]


class PromptWriter:
    """Writes the prompts for one model.

    A prompt has at most `prompt_tokens` tokens; a catalogue of more than `catalogue_tokens` is not listed but
    searched, so that a prompt stays as long as it is however many queues there are.
    """

    def __init__(
        self, model: str, decisions: Decisions, *, prompt_tokens: int = 16_000, catalogue_tokens: int = 8_000
    ) -> None:
        self._model = model
        self._decisions = decisions
        self._prompt_tokens = prompt_tokens
        self._catalogue_tokens = catalogue_tokens
        # By the view itself: nothing is kept longer than the catalogue that it was made from.
        self._prefixes: WeakKeyDictionary[View, Prefix] = WeakKeyDictionary()

    @cached_property
    def _count(self) -> Count:
        return counter(self._model)

    def write(self, briefing: Briefing, *, reserved: int = 0) -> Prompt:
        """The prompt of `briefing`; `reserved` tokens are left for what else the request carries."""
        prefix = self.prefix(briefing.view)
        candidates = None if prefix.listed else candidates_of(briefing)
        while candidates and not self._fits(self._lines(candidates, prefix.shown), self._catalogue_tokens):
            candidates = candidates[:-1]
        found = None if candidates is None else self._lines(candidates, prefix.shown)
        state = state_text(briefing, found, prefix.shown, hints=self._decisions == "json")
        queues = briefing.view.queues if candidates is None else candidates
        return Prompt(
            system=prefix.text,
            turns=tuple(self._cut(_turns(briefing.messages, briefing.view), [prefix.text, state], reserved)),
            state=state,
            listed=prefix.listed,
            ids={prefix.shown[queue.id]: queue.id for queue in queues},
        )

    def prefix(self, view: View) -> Prefix:
        """Instructions and catalogue for everybody who has this view."""
        if view not in self._prefixes:
            shown = self._shown(view)
            queues = self._lines(view.queues, shown)
            listed = self._fits(queues, self._catalogue_tokens)
            catalogue = prompt("listed", queues=queues) if listed else prompt("searched")
            if self._decisions == "json":
                # What a small model has read last it follows best.
                parts = [prompt("rules"), catalogue, prompt("json_rules")]
            else:
                parts = [prompt("rules"), prompt("tools_rules"), catalogue]
                parts += [] if listed else [prompt("searched_tools")]
            self._prefixes[view] = Prefix("\n\n".join(parts), listed, shown)
        return self._prefixes[view]

    def _shown(self, view: View) -> Mapping[str, str]:
        if self._decisions == "json":
            return handles(view.queues, reserved=encoding_json.WORDS)
        return {queue.id: queue.id for queue in view.queues}

    def _lines(self, queues: Sequence[Queue], shown: Mapping[str, str]) -> str:
        # A small model gives the examples out as what the person said.
        return queue_lines(queues, shown, examples=self._decisions == "tools")

    def _fits(self, text: str, budget: int) -> bool:
        # Bytes over-estimate, so most texts need no tokenizer, which takes a second to load.
        return in_bytes(text) <= budget or self._count(text) <= budget

    def _cut(self, turns: list[ChatMessage], fixed: Sequence[str], reserved: int) -> list[ChatMessage]:
        """The latest of `turns` that fit, the last one at least in part."""
        if _total([*fixed, *(turn["content"] for turn in turns)], in_bytes) + reserved <= self._prompt_tokens:
            return turns
        left = max(self._prompt_tokens - _total(fixed, self._count) - reserved, _LEAST)
        kept: list[ChatMessage] = []
        for turn in reversed(turns):
            text = turn["content"]
            if not kept:
                text = cut(text, left - _OVERHEAD, self._count, line("state", "cut"))
            left -= self._count(text) + _OVERHEAD
            if kept and left < 0:
                break
            kept.insert(0, _message(turn["role"], text))
        return _from_the_person(kept)


def _total(texts: Sequence[str], count: Count) -> int:
    return sum(count(text) + _OVERHEAD for text in texts)


def _message(role: str, content: str) -> ChatMessage:
    return {"role": role, "content": content}


def _turns(messages: Sequence[Message], view: View) -> list[ChatMessage]:
    """The conversation as turns that alternate, as many chat templates demand."""
    turns: list[ChatMessage] = []
    gone = gone_names(messages, view)
    for message in messages:
        text = "" if message.role == "assistant" and message.aside else _text(message)
        if not text:
            continue
        if gone and (
            message.role == "assistant" or message.action not in (None, "summary")
        ):  # their words stay
            text = without_gone(text, gone)
        if turns and turns[-1]["role"] == message.role:
            turns[-1]["content"] += f"\n{text}"
        else:
            turns.append(_message(message.role, text))
    return _from_the_person(turns)


def _from_the_person(turns: list[ChatMessage]) -> list[ChatMessage]:
    # The same templates want the person to begin.
    return turns[1:] if turns and turns[0]["role"] == "assistant" else turns


def _text(message: Message) -> str:
    if message.role == "assistant":
        shown = message.reply.proposal
        if shown is None:
            return message.reply.text.strip()
        # The whole text of a proposal is for the person; the model needs to know what it was about.
        return line("state", "shown", queue=quoted(shown.queue, 100), summary=quoted(shown.summary, 1_000))
    if message.action in (None, "summary"):
        return message.text.strip()
    return line("state", "pressed", action=quoted(message.text, 100))
