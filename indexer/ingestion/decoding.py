"""Bytes -> text, or a sentence on why not."""

import re

from indexer.ingestion.parts import Unreadable

_MAGIC = {"en äldre Officefil": (b"\xd0\xcf\x11\xe0",), "en bild": (b"\x89PNG", b"\xff\xd8\xff", b"GIF8")}
_CONTROL = bytes((*range(9), *range(14, 27), *range(28, 32)))
_STATED = re.compile(rb"""(?i)^\s*<\?.*encoding=["'](.*?)["'].*\?>|<\s*meta[^>]+charset\s*=\s*["']?([^>]*?)[ /;'">]""")
_UTF_16 = re.compile(rb"(?P<utf16>\xff\xfe|\xfe\xff)|(?P<utf_16le>(?:[\t-\xff]\0){4})|(?P<utf_16be>(?:\0[\t-\xff]){4})")
_SWEDISH = frozenset("åäöÅÄÖéÉèüÜáàøØæÆñ–—”“’‘…»«§°·•´©®½€\xa0\xad")
SWEDISH_SHARE = 0.9
"""Of the letters outside ASCII that must be usual in Swedish for text in an unstated encoding to be read as Windows-1252."""


def decode(content: bytes, is_markup: bool = False) -> str:
    """The text of a file. Raises Unreadable for binary content and for encodings that cannot be told."""
    if not content.strip():
        raise Unreadable("Filen är tom; ta bort den eller fyll den med text.")
    for name, beginnings in _MAGIC.items():
        if content.startswith(beginnings):
            raise Unreadable(f"Filen är {name}, som inte kan läsas; spara den som text eller HTML.")
    if codec := utf_16_of(content):
        return _decoded(content[: len(content) // 2 * 2], codec)
    beginning = content[:65_536]
    if len(beginning) - len(beginning.translate(None, _CONTROL)) > len(beginning) / 1000:
        raise Unreadable("Filen är binär och ingen text; spara den som text eller HTML.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        declared = _STATED.search(content, 0, max(2048, len(content) // 20)) if is_markup else None
    encoding = (declared[1] or declared[2] or b"").decode("ascii", "replace").lower() if declared else ""
    if encoding and not encoding.startswith(("utf", "ucs", "unicode")):  # one that can be read is not in UTF-16
        return _decoded(content, encoding)
    text = _decoded(content, "cp1252")
    foreign = [character for character in text if not character.isascii()]
    if sum(character in _SWEDISH for character in foreign) < SWEDISH_SHARE * len(foreign):
        raise Unreadable(_ENCODING)
    return text


def utf_16_of(content: bytes) -> str | None:
    """The codec of a content in UTF-16, told by its byte order mark or its first letters; never by what it declares.

    >>> utf_16_of("Örebro".encode("utf-16-be")), utf_16_of(b'<meta charset="utf-16">')
    ('utf_16be', None)
    """
    beginning = _UTF_16.match(content)
    return beginning.lastgroup if beginning else None


def decoded_line(line: bytes) -> str:
    """A line of a table, in UTF-8 or else Windows-1252. Raises Unreadable."""
    try:
        return line.decode("utf-8-sig")
    except UnicodeDecodeError:
        return _decoded(line, "cp1252")


_ENCODING = "Filens teckenkodning är trasig eller okänd; spara om den som UTF-8."


def _decoded(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except (UnicodeDecodeError, LookupError) as error:
        raise Unreadable(_ENCODING) from error
