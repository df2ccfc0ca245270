"""Text from people and models, made safe to keep, to show and to send on.

Nothing here is HTML or Markdown escaping: replies are plain text, and whoever renders them escapes.
"""

import re
import unicodedata

# Overrides and isolates of the direction make a text read as something else than it is. Tags and supplementary
# variation selectors show nothing, but a whole text can be hidden in them, which models read.
DECEIVING = frozenset(map(chr, [*range(0x202A, 0x202F), *range(0x2066, 0x206A), *range(0xE0000, 0xE0200)]))
"""Characters that no text needs, and that make what is read differ from what is sent."""
_TAKEN_OUT = dict.fromkeys(map(ord, DECEIVING))
_KEPT = "\n\t"
# Of no width, and not needed to write any language or emoji, as joiners are.
_NO_WIDTH = dict.fromkeys([0xAD, 0x61C, 0x180E, 0x200B, *range(0x2060, 0x2065), 0xFEFF])

_SCHEME = re.compile(r"\b[a-z][a-z0-9+.-]{1,20}:/+\s*|\b(?:mailto|tel|sms|javascript|data):", re.IGNORECASE)
# Bounded, so that a text of brackets costs no more than any other.
_MARKDOWN_LINK = re.compile(r"!?\[([^\[\]\n]{0,200})\]\(([^()\n]{0,1000})\)")
_WORD = re.compile(r"\S+")
_DOT = re.compile("[.。．｡]")  # browsers read the wide ones as dots, too
_IN_LINKS = re.compile("[:.。．｡]")
"""A word without these is no link."""
# What chat clients make a link of: a name, a dot, and something like a top-level domain.
_DOMAIN = re.compile(r"([^\W_][\w-]*(?:[.。．｡][\w-]+)*)[.。．｡]([^\W\d_][\w-]*)")
# Endings that are files or technology in a helpdesk far more often than domains.
_NOT_DOMAINS = frozenset(
    [
        "bat",
        "bak",
        "cfg",
        "csv",
        "dll",
        "doc",
        "docx",
        "exe",
        "gif",
        "htm",
        "html",
        "ini",
        "iso",
        "jpg",
        "jpeg",
        "js",
        "json",
        "log",
        "mdb",
        "msi",
        "ods",
        "odt",
        "pdf",
        "png",
        "ppt",
        "pptx",
        "ps1",
        "sql",
        "txt",
        "tsv",
        "vbs",
        "xls",
        "xlsx",
        "xlsm",
        "xml",
        "yaml",
        "yml",
    ]  # a list of quotes is harder to read
)


def clean(text: str) -> str:
    """`text` without control characters (but line breaks and tabs), `DECEIVING` ones and lone surrogates."""
    text = text.encode("utf-8", "replace").decode().replace("\r\n", "\n").translate(_TAKEN_OUT)
    if text.isprintable():
        return text.strip()
    return "".join(c for c in text if c in _KEPT or unicodedata.category(c) not in ("Cc", "Cs")).strip()


def reads_as_written(text: str) -> bool:
    """Whether `clean` takes nothing out of the midst of `text`."""
    return clean(text) == text.replace("\r\n", "\n").strip()


def one_line(text: str, limit: int) -> str:
    """`text` cleaned, on one line, with at most `limit` characters; a cut shows as an ellipsis."""
    line = " ".join(clean(text).split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def inert(text: str, allowed: str = "") -> str:
    """`text` with links that no terminal, browser or chat client follows: ``https://evil.com`` → ``evil[.]com``.

    The words of `allowed` (what the person wrote themselves) are left as they are.
    """
    own = set(allowed.split())
    text = _MARKDOWN_LINK.sub(r"\1 \2", text.translate(_NO_WIDTH))
    return _WORD.sub(lambda word: word[0] if word[0] in own else _inert_word(word[0]), text)


def _inert_word(word: str) -> str:
    if not _IN_LINKS.search(word):
        return word
    bare = _SCHEME.sub("", word)
    if bare != word or len(bare) > 253 or "@" in bare or "www" in bare.lower() or "ｗｗｗ" in bare.lower():
        return re.sub(r"(?<=\w)[.。．｡](?=\w)", "[.]", bare)
    return _DOMAIN.sub(_inert_domain, bare)


def _inert_domain(match: re.Match[str]) -> str:
    if match[2].lower() in _NOT_DOMAINS and "/" not in match.string:
        return match[0]
    return _DOT.sub("[.]", match[1]) + "[.]" + match[2]


def cut_bytes(text: str, limit: int) -> str:
    """The longest beginning of `text` with at most `limit` bytes of UTF-8, ending between characters."""
    return text.encode("utf-8", "ignore")[:limit].decode("utf-8", "ignore")
