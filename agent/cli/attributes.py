"""`--attribute KEY=VALUE`: what opens queues that are only for some people."""

import click


def parse_attributes(pairs: tuple[str, ...]) -> dict[str, str | list[str]]:
    """The attributes of a person; a key that is given again gets another value. Raises `click.BadParameter`."""
    found: dict[str, list[str]] = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not (key and equals and value):
            raise click.BadParameter(
                f'"{pair}" has no key and value: right is KEY=VALUE, for example region=EU',
                param_hint="--attribute",
            )
        found.setdefault(key, []).append(value)
    return dict(found)
