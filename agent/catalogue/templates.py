"""URL templates: placeholders in path, query or fragment, never in what decides where a URL leads.

Promise 3 stands here for everything that comes from the catalogue.
"""

import re
from collections.abc import Mapping
from urllib.parse import quote

# Bytes of UTF-8 before encoding. The summary has BeyondTrust's limit for details; the others are names of
# things. With every byte encoded as three characters a URL stays below 8,000, which servers accept.
LIMITS = {"queue_id": 200, "summary": 1024, "name": 100, "email": 254, "reference": 64}
PLACEHOLDERS = tuple(LIMITS)

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_NOT_ALLOWED = re.compile(r"[^A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]|%(?![0-9A-Fa-f]{2})")
_HTTPS = re.compile(r"https://")
_HOST = re.compile(
    r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*\.?|\[[0-9a-f:.]+\])(?::([0-9]{1,5}))?",
    re.IGNORECASE,
)
_MAILTO = re.compile(r"mailto:[^?@]+@[^?@]+(\?|$)", re.IGNORECASE)
_TEL = re.compile(r"tel:\+?[0-9().-]+(?:;[^?]*)?(\?|$)", re.IGNORECASE)


def checked_target_url(url: str) -> str:
    """`url` as it is, if it is https and carries {queue_id}. Raises `ValueError` with all that is wrong with it."""
    problems = [*_in_characters(url), *_in_https(url, 'start with "https://"')]
    if "{queue_id}" not in url:
        problems.append("the URL has no {queue_id}: put it where the queue's id belongs")
    return _without(problems, url)


def checked_help_url(url: str) -> str:
    """`url` as it is, if it is https, mailto or tel. Raises `ValueError` with all that is wrong with it."""
    problems = _in_characters(url)
    scheme = url.partition(":")[0].lower()
    address = url.partition("?")[0]
    if scheme not in ("mailto", "tel"):
        problems += _in_https(url, 'start with "https://", "mailto:" or "tel:"')
    elif "{" in address:
        problems.append(f'a placeholder may only stand behind the "?" of a {scheme} link, not in "{address}"')
    elif scheme == "mailto" and not _MAILTO.match(url):
        problems.append("a mailto link needs an address: write mailto:help@example.com")
    elif scheme == "tel" and not _TEL.match(url):
        problems.append("a tel link needs a number: write tel:+1-555-0100")
    return _without(problems, url)


def checked_host(host: str) -> str:
    """`host`, in small letters and without the port 443. Raises `ValueError` with what would be right."""
    problems = _in_host(host)
    if host.partition(":")[2].startswith("//"):
        problems = [f'"{host}" is no host: write the name alone, without https:// and path']
    return _without(problems, host).lower().removesuffix(":443")


def _without(problems: list[str], url: str) -> str:
    if problems:
        raise ValueError("; ".join(problems))
    return url


def names_in(template: str) -> tuple[str, ...]:
    """The placeholders of `template`, in order, each once."""
    return tuple(dict.fromkeys(_PLACEHOLDER.findall(template)))


def fill(template: str, values: Mapping[str, str]) -> str:
    """`template` with its placeholders replaced by the percent-encoded values, so that none leaves its place."""
    return _PLACEHOLDER.sub(lambda match: quote(values[match[1]], safe=""), template)


def _in_characters(url: str) -> list[str]:
    problems = []
    for name in names_in(url):
        if name not in PLACEHOLDERS:
            known = ", ".join(f"{{{known}}}" for known in PLACEHOLDERS)
            problems.append(f"unknown placeholder {{{name}}}: use {known}")
    # An "x" for each placeholder, so that "%{queue_id}" cannot make an escape of its value.
    bare = _PLACEHOLDER.sub("x", url)
    if "{" in bare or "}" in bare:
        problems.append("a brace has no partner: placeholders are written {queue_id}")
    elif wrong := _NOT_ALLOWED.search(bare):
        problems.append(f"{wrong.group()!r} cannot stand in a URL: write it percent-encoded, such as %20")
    return problems


def _in_https(url: str, right: str) -> list[str]:
    problems = []
    scheme, colon, rest = url.partition(":")
    if not _HTTPS.match(url):
        placed = colon and "{" in scheme
        problems.append(
            f"a placeholder may not stand in the scheme: the URL must {right}"
            if placed
            else f"the URL must {right}"
        )
    if not rest.startswith("//"):
        return problems
    authority = re.split("[/?#]", rest[2:], maxsplit=1)[0]
    return [*problems, *_in_host(authority)]


def _in_host(authority: str) -> list[str]:
    host = _HOST.fullmatch(authority)
    if "{" in authority:
        where = "a placeholder may not stand in host or port, only in path, query or fragment"
        return [f'{where}: write the host out instead of "{authority}"']
    if "@" in authority:
        return ["the URL may not carry a user name or password: take what stands before the @ away"]
    if not host or not 1 <= int(host[1] or 443) <= 65535:
        return [f'"{authority}" is no host: write a name such as livechat.example.com']
    return []
