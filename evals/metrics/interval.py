"""Intervals: how far a number from so few cases can be trusted. Always 95 %."""

import math
from collections.abc import Mapping
from typing import Literal, NamedTuple

from agent.records.base import Record

Z = 1.959963984540054  # the normal quantile for 95 %, two-sided
_DIGITS = 6  # what is written down: enough, and the same on every machine


class Metric(Record):
    """A value with its 95 % interval; `n` is the number of cases behind it. None: nothing is known."""

    value: float | None
    low: float | None = None
    high: float | None = None
    n: int = 0
    better: Literal["higher", "lower"] = "higher"


class Interval(NamedTuple):
    """Where the true value is, with 95 % confidence."""

    low: float
    high: float


def wilson(successes: float, n: float) -> Interval:
    """The Wilson score interval of a proportion (Wilson 1927); `successes` may be a fraction of a case."""
    if n == 0:
        return Interval(0.0, 1.0)
    p, z2 = successes / n, Z * Z
    centre = (p + z2 / (2 * n)) / (1 + z2 / n)
    half = Z / (1 + z2 / n) * math.sqrt(p * (1 - p) / n + z2 / (4 * n * n))
    return Interval(max(0.0, centre - half), min(1.0, centre + half))


def proportion(
    value: float | None, n: int, better: Literal["higher", "lower"] = "higher", *, alike: float = math.inf
) -> Metric:
    """`value`, a proportion found in `n` cases, with its Wilson interval; unknown without a case.

    The interval is that of `alike` cases where these are fewer.
    """
    if value is None or n == 0:
        return Metric(value=None, better=better)
    size = min(n, alike)
    low, high = wilson(value * size, size)
    return Metric(value=rounded(value), low=rounded(low), high=rounded(high), n=n, better=better)


def rounded(value: float) -> float:
    """`value` as it is written down."""
    return round(value, _DIGITS)


class Spread(Record):
    """Median and 95th percentile of a quantity, each with its interval, and the sum."""

    median: Metric
    p95: Metric
    total: float


def spread(counts: Mapping[float, int], cases: int | None = None) -> Spread:
    """From how often every value occurred, in so many `cases` (without it, each is one).

    The intervals are those of Wilson around the rank.
    """
    cases = sum(counts.values()) if cases is None else cases
    return Spread(
        median=_quantile(counts, 0.5, cases),
        p95=_quantile(counts, 0.95, cases),
        total=rounded(math.fsum(value * times for value, times in sorted(counts.items()))),
    )


def _quantile(counts: Mapping[float, int], share: float, cases: int) -> Metric:
    n = sum(counts.values())
    if n == 0:
        return Metric(value=None, better="lower")
    low, high = wilson(share * cases, cases)
    at = [_ranked(counts, max(1, math.ceil(part * n))) for part in (share, low, high)]
    return Metric(value=at[0], low=at[1], high=at[2], n=cases, better="lower")


def _ranked(counts: Mapping[float, int], rank: int) -> float:
    """The value with this rank, counted from 1."""
    seen = 0
    for value in sorted(counts):
        seen += counts[value]
        if seen >= rank:
            return rounded(value)
    return rounded(max(counts))
