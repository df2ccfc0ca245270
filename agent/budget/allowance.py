"""How much of the model a person, a key and a tenant may use in a day."""

from dataclasses import dataclass, field
from typing import Literal, Self, get_args

from agent.errors import SettingsError

Scope = Literal["user", "key", "tenant"]
Unit = Literal["turns", "conversations", "tokens"]
_EXAMPLE = "user.turns=200 user.tokens=1000000 tenant.tokens=50000000"


@dataclass(frozen=True, slots=True)
class Allowance:
    """The bounds for a day (UTC), by scope and unit; what is not named has none.

    `turns` are those in which the model was asked, `tokens` those that it read and wrote.
    """

    bounds: dict[tuple[Scope, Unit], int] = field(
        default_factory=lambda: {
            ("user", "turns"): 200,
            ("user", "conversations"): 50,
            ("user", "tokens"): 1_000_000,
        }
    )

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``user.turns=200 tenant.tokens=50000000``; "none" is no bound at all. Raises `SettingsError`."""
        if text.strip() == "none":
            return cls({})
        bounds: dict[tuple[Scope, Unit], int] = {}
        for part in text.replace(",", " ").split():
            name, _, number = part.partition("=")
            scope, _, unit = name.partition(".")
            if scope not in get_args(Scope) or unit not in get_args(Unit) or not number.isdecimal():
                raise SettingsError(
                    f"HANDOFF_BUDGET: {part[:60]!r} is no bound: write user, key or tenant, a dot, turns, conversations "
                    f"or tokens, and a whole number for a day, as in {_EXAMPLE!r}; or 'none'."
                )
            bounds[scope, unit] = int(number)  # type: ignore[index]  # checked above
        return cls(bounds)

    def of(self, scope: Scope) -> dict[Unit, int]:
        """The bounds of `scope`."""
        return {unit: bound for (named, unit), bound in self.bounds.items() if named == scope}
