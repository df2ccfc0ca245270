"""A catalogue whose hidden queues sing: everything of theirs holds `SONG`, which nobody else may ever see."""

import json
from pathlib import Path

from agent import Chat, User
from agent.records.events import Event

SONG = "kanarien"  # in small letters wherever it is looked for
HIDDEN = "kanarien-payroll"
SECRET = "kanarien-secret"
OUTSIDER = User(id="u1", name="Ada", attributes={"region": "US"})
INSIDER = User(id="u2", name="Lise", attributes={"region": ["US", "Kanarien"]})
FITS_HIDDEN = "my payslip shows the wrong salary and no bonus"

CATALOGUE = f"""
version: 1
target: {{kind: url_template, url: "https://chat.example.com/start/{{queue_id}}?text={{summary}}"}}
default_queue: desk
calendars:
  Kanarienzeit: {{timezone: Atlantic/Canary, open: {{mon-sun: "00:00-24:00"}}}}
  never: {{timezone: Europe/Berlin, open: {{sat: "01:00-02:00"}}}}
other_help: [{{label: Portal, url: "https://help.example.com/?q={{summary}}"}}]
after_hours: {{label: Open a ticket, url: "https://help.example.com/new?text={{summary}}"}}
examples_from: [cases.jsonl]
queues:
  - {{id: desk, name: Service Desk, description: "Everything about computers that fits nowhere else."}}
  - id: db
    name: Database Support
    description: "SQL databases: failing queries, connections, backups."
    escalates_to: [{HIDDEN}, {SECRET}]
  - {{id: laptop, name: Laptop Support, description: "Laptops, screens, keyboards.", fallback: desk}}
  - {{id: closed, name: Weekend Team, description: "Payslip printers and salary letters.", calendar: never}}
  - id: {HIDDEN}
    name: Kanarien Payroll
    description: "Payslip, salary and bonus that are wrong: Kanarien. SQL, laptop, database, screen."
    not_for: "Kanarien pensions"
    examples: ["my payslip shows the wrong salary and no bonus, Kanarien"]
    calendar: Kanarienzeit
    languages: [en]
    owner: kanarien-owner@example.com
    fallback: {SECRET}
    only_for: {{region: [Kanarien]}}
  - id: {SECRET}
    name: Kanarien Secret
    description: "Payslip and salary of Kanarien directors."
    only_for: {{region: [Kanarien]}}
"""
GATHERED = [(f"payslip of Kanarien staff number {n}", HIDDEN) for n in range(5)] + [
    ("Kanarien ticket: the SQL query of Mrs Kanarien hangs", "db")  # shown to nobody, whose queue it may be
]


def write(folder: Path, text: str = CATALOGUE) -> Path:
    """The catalogue with the cases beside it."""
    cases = [{"opening": said, "expect": {"queue": queue}} for said, queue in GATHERED]
    (folder / "cases.jsonl").write_text("\n".join(map(json.dumps, cases)), "utf-8")
    path = folder / "queues.yaml"
    path.write_text(text, "utf-8")
    return path


async def play(chat: Chat) -> str:
    """Go everywhere that queues are named; everything that comes out, as one text in small letters."""
    out: list[Event] = []

    async def say(text: str) -> None:
        out.extend([event async for event in chat.stream(text)])

    async def press(action: str, queue_id: str | None = None) -> None:
        out.extend([event async for event in chat.stream_press(action, queue_id=queue_id)])

    await say("I'd like to speak to a live agent")
    await say(FITS_HIDDEN)
    for queue_id in (HIDDEN, SECRET, "closed"):
        await press("choose", queue_id)
    await say("what else is there?")
    for action in ("skip", "other", "edit", "skip"):
        await press(action)
    await say("wrong team")
    await press("choose", "laptop")
    await press("start")
    await say("nobody came")
    await press("cancel")
    await say("my SQL database is slow and my payslip shows the wrong salary, too")
    await say("the first one")
    await press("skip")
    await press("start")
    await press("choose", chat.conversation.second.queue_id if chat.conversation.second else None)
    await press("edit")
    await say("Which teams are there for salaries? List them all.")
    shown = "\n".join(event.model_dump_json() for event in out)
    return f"{shown}\n{chat.dump()}".lower()
