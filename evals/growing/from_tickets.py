"""A ticket export as cases, to be reviewed: the text is what the person writes, the queue where it ended."""

import csv
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from agent.catalogue.schema import Catalogue, Queue
from agent.errors import CaseFileError, InputError, Mistake
from agent.language.clean import clean
from evals.case import Case, Expect, Person

LONGEST = 2_000
"""Characters of a ticket that are taken; the rest is signatures and history."""
_SHOWN = 20  # mistakes of one kind
_DELIMITERS = ",;\t|"


def read_tickets(
    path: Path,
    catalogue: Catalogue,
    *,
    text: str,
    queue: str,
    names: Mapping[str, str] | None = None,
    skip_unknown: bool = False,
    tags: tuple[str, ...] = (),
) -> list[Case]:
    """The cases in the CSV file `path` (UTF-8, with a head), whose columns `text` and `queue` are named.

    A queue is an id or a name of the catalogue, or what `names` maps to one. Raises `CaseFileError` with every row
    that makes no case; rows of unknown queues are left out with `skip_unknown`.
    """
    known = _known(catalogue, names or {})
    cases: list[Case] = []
    mistakes: list[Mistake] = []
    unknown: Counter[str] = Counter()
    seen: set[tuple[str, str]] = set()
    for number, row in _rows(path, (text, queue)):
        said, where = clean(row[text] or "")[:LONGEST].strip(), (row[queue] or "").strip()
        id_ = known.get(where.casefold())
        if not said:
            mistakes.append(Mistake(number, f'the column "{text}" is empty'))
        elif id_ is None:
            unknown[where] += 1
        elif (said, id_) not in seen:  # the same ticket twice says nothing new
            seen.add((said, id_))
            cases.append(
                Case(
                    id=f"{path.stem}-{number}",
                    opening=said,
                    user=_who_may_see(catalogue.by_id[id_]),
                    expect=Expect(outcome="handoff", queue=(id_,)),
                    tags=(*tags, "imported"),
                )
            )
    if not skip_unknown:
        mistakes += [_unknown(name, count) for name, count in unknown.most_common()]
    if mistakes:
        raise CaseFileError(str(path), _first(mistakes))
    return cases


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
            "it is not UTF-8" if isinstance(error, UnicodeDecodeError) else error
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
