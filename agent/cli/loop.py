"""Turn after turn: lines in, events out, and the document saved after each."""

import asyncio
import json
from collections.abc import Iterable

from agent.chat import Chat
from agent.cli.lines import HELP, Command, Press, Say, parse
from agent.cli.notices import tell_operator
from agent.cli.saving import SavedFile
from agent.cli.screens import JsonScreen, Screen
from agent.errors import HandoffError, InputError
from agent.records.events import ErrorEvent, NoticeEvent, TurnEnd, events_of


class Talk:
    """One conversation, and the file that it is kept in.

    `unsaved` is whether the file could not be written the last time. Raises `InputError` where it cannot be
    written to begin with.
    """

    def __init__(self, chat: Chat, runner: asyncio.Runner, file: SavedFile | None) -> None:
        self._chat = chat
        self._runner = runner
        self._file = file
        self.unsaved = False
        if file:
            try:
                file.write(chat.dump())
            except OSError as error:
                raise InputError(
                    f"--save {file.path}: {error.strerror}; give a file in a directory that can be written"
                ) from error

    def take(self, entry: Say | Press, screen: Screen) -> None:
        """Run one turn and save what came out of it."""
        try:
            self._runner.run(self._turn(entry, screen))
        except HandoffError as error:
            self.refuse(str(error), screen)
        finally:  # on Ctrl-C, too: what was said is in the document already
            self._save()

    def refuse(self, message: str, screen: Screen) -> None:
        """Show why nothing happened."""
        screen.show(ErrorEvent(message=message))
        screen.show(TurnEnd(phase=self._chat.conversation.phase, model_calls=0))

    def show_notice(self, screen: Screen) -> None:
        """Show the catalogue's notice, if there is one and nothing was said yet."""
        notice = self._chat.notice
        if not notice or self._chat.conversation.messages:
            return
        if isinstance(screen, JsonScreen):
            screen.show(NoticeEvent(text=notice))
        else:
            screen.note(f"{notice}\n")

    def show_last(self, screen: Screen) -> None:
        """Show the newest reply again, if there is one: where a resumed conversation stands."""
        reply = self._chat.conversation.last_reply
        for event in events_of(reply) if reply else ():
            screen.show(event)

    def state(self) -> str:
        """The whole document, to be read by a person."""
        return json.dumps(json.loads(self._chat.dump()), indent=2, ensure_ascii=False)

    async def _turn(self, entry: Say | Press, screen: Screen) -> None:
        if isinstance(entry, Say):
            events = self._chat.stream(entry.text)
        else:
            events = self._chat.stream_press(
                entry.action, text=entry.text, queue_id=entry.queue_id, proposal=entry.proposal
            )
        async for event in events:
            screen.show(event)

    def _save(self) -> None:
        if self._file is None:
            return
        try:
            self._file.write(self._chat.dump())
        except OSError as error:
            if not self.unsaved:
                tell_operator(f"the conversation could not be saved: {error.strerror}; it goes on unsaved")
            self.unsaved = True
        else:
            self.unsaved = False


def run_lines(talk: Talk, screen: Screen, lines: Iterable[bytes]) -> None:
    """One turn per line, until they end or one says /quit."""
    for raw in lines:
        line = raw.decode("utf-8", "replace").lstrip("\ufeff").strip()
        try:
            entry = parse(line)
        except InputError as error:
            talk.refuse(str(error), screen)
            continue
        if not isinstance(entry, Command):
            talk.take(entry, screen)
        elif entry.name == "quit":
            return
        elif isinstance(screen, JsonScreen):
            talk.refuse(f"/{entry.name} is for people: there is no event for it.", screen)
        else:
            screen.note(HELP if entry.name == "help" else talk.state())
