"""The shipped redactor, for the kinds that were chosen."""

from agent.extras import needs_extra
from agent.redaction.base import Redactor
from agent.redaction.kinds import Kinds
from agent.redaction.phrases import passwords, tokens
from agent.redaction.spans import Finder, SpanRedactor


def make_redactor(kinds: Kinds) -> Redactor | None:
    """A redactor for `kinds`, None for none of them. Raises `SettingsError` where they need the extra `redact` and it is missing."""
    finders: list[Finder] = []
    if "passwords" in kinds.plain:
        finders.append(passwords)
    if "tokens" in kinds.plain:
        finders.append(tokens)
    if kinds.countries or not kinds.plain.isdisjoint(("cards", "ibans")):
        with needs_extra("HANDOFF_REDACT with cards, ibans or ids", "redact"):
            import stdnum  # noqa: F401

        from agent.redaction import numbers

        finders += [numbers.cards] if "cards" in kinds.plain else []
        finders += [numbers.ibans] if "ibans" in kinds.plain else []
        finders += [numbers.ids_of(kinds.countries)] if kinds.countries else []
    return SpanRedactor(finders) if finders else None
