"""A ticket export as cases, to be reviewed: the text is what the person writes, the queue where it ended."""

import csv
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from agent.catalogue.schema import Catalogue, Queue
from agent.errors import CaseFileError, InputError, Mistake
from agent.language.clean import clean, one_line
from evals.case import Case, Expect, Person

LONGEST = 2_000
"""Characters of a ticket that are taken; the rest is signatures and history."""
_ID = 200  # characters of a ticket's number
_SHOWN = 20  # mistakes of one kind
_DELIMITERS = ",;\t|"


class Tickets(NamedTuple):
    """The cases, and how many rows made none, by the reason."""

    cases: list[Case]
    left_out: Counter[str]


def read_tickets(
    path: Path,
    catalogue: Catalogue,
    *,
    text: str,
    queue: str,
    id_: str | None = None,
    names: Mapping[str, str] | None = None,
    skip_unknown: bool = False,
    tags: tuple[str, ...] = (),
) -> Tickets:
    """The cases in the CSV file `path` (UTF-8, with a head), whose columns `text` and `queue` are named.

    A queue is an id or a name of the catalogue, or what `names` maps to one; the column `id_` has the cases' ids,
    without it they are made of the file's name and the line. Raises `CaseFileError` with every queue that is not
    known, unless `skip_unknown` leaves their rows out.
    """
    known = _known(catalogue, names or {})
    cases: list[Case] = []
    unknown: Counter[str] = Counter()
    left_out: Counter[str] = Counter()
    seen: set[tuple[str, str]] = set()
    for number, row in _rows(path, (text, queue, *((id_,) if id_ else ()))):
        said, where = clean(row[text] or "")[:LONGEST].strip(), (row[queue] or "").strip()
        right = known.get(where.casefold())
        if not said:
            left_out["without a text"] += 1
        elif right is None:
            unknown[where] += 1
        elif (said, right) in seen:  # the same ticket twice says nothing new
            left_out["said before"] += 1
        else:
            seen.add((said, right))
            cases.append(
                Case(
                    id=one_line((row[id_] if id_ else "") or "", _ID) or f"{path.stem}-{number}",
                    opening=said,
                    user=_who_may_see(catalogue.by_id[right]),
                    expect=Expect(outcome="handoff", queue=(right,)),
                    tags=(*tags, "imported"),
                )
            )
    if unknown and not skip_unknown:
        raise CaseFileError(
            str(path), _first([_unknown(name, count) for name, count in unknown.most_common()])
        )
    if unknown:
        left_out["of unknown queues"] = unknown.total()
    return Tickets(cases, left_out)


def _who_may_see(queue: Queue) -> Person:
    return Person(attributes={key: values[0] for key, values in queue.only_for.items()})


def _known(catalogue: Catalogue, names: Mapping[str, str]) -> dict[str, str]:
    known = {queue.name.casefold(): queue.id for queue in catalogue.queues}
    known |= {queue.id.casefold(): queue.id for queue in catalogue.queues}
    for name, id_ in names.items():
        if id_.casefold() not in known:
            raise InputError(f'--map "{name}={id_}": the catalogue has no queue "{id_}"')
        known[name.casefold()] = known[id_.casefold()]
    return known


def _rows(path: Path, wanted: Iterable[str]) -> Iterator[tuple[int, dict[str, str | None]]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            head = file.readline()
            file.seek(0)
            csv.field_size_limit(2**31 - 1)  # whole mail threads stand in tickets; they are cut later
            reader = csv.DictReader(file, delimiter=max(_DELIMITERS, key=head.count))
            columns = reader.fieldnames or []
            missing = [f'"{name}"' for name in wanted if name not in columns]
            if missing:
                has = ", ".join(f'"{column}"' for column in columns) or "none"
                text = f"there is no column {' and no column '.join(missing)}; the columns are {has}"
                raise CaseFileError(str(path), [Mistake(1, text)])
            for row in reader:
                yield reader.line_num, row
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        reason = getattr(error, "strerror", None) or (
            "it is not UTF-8: save it as “CSV UTF-8”" if isinstance(error, UnicodeDecodeError) else error
        )
        raise CaseFileError(str(path), [Mistake(0, f"the file cannot be read as CSV ({reason})")]) from None


def _unknown(name: str, count: int) -> Mistake:
    rows = "1 row" if count == 1 else f"{count:,} rows"
    return Mistake(
        0,
        f'the catalogue has no queue "{name[:60]}" ({rows}): give --map "{name[:60]}=QUEUE_ID", or --skip-unknown',
    )


def _first(mistakes: list[Mistake]) -> list[Mistake]:
    more = len(mistakes) - _SHOWN
    shown = mistakes[:_SHOWN]
    return [*shown, Mistake(0, f"and {more:,} more mistakes")] if more > 0 else shown
