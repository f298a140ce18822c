"""Bytes -> text, or a sentence on why not."""

import codecs
import re

from indexer.ingestion.parsed import Unreadable

_MAGIC = {"en äldre Officefil": (b"\xd0\xcf\x11\xe0",), "en bild": (b"\x89PNG", b"\xff\xd8\xff", b"GIF8")}
_CONTROL = bytes((*range(9), *range(14, 27), *range(28, 32)))
_DECLARED = re.compile(
    rb"""^\s*<\?.*encoding=["'](?P<xml>.*?)["'].*\?>|<\s*meta[^>]+charset\s*=\s*["']?(?P<meta>[^>]*?)[ /;'">]""",
    re.IGNORECASE,
)
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
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _decoded(content, "utf-16")
    beginning = content[:65_536]
    if len(beginning) - len(beginning.translate(None, _CONTROL)) > len(beginning) / 1000:
        raise Unreadable("Filen är binär och ingen text; spara den som text eller HTML.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        declared = _DECLARED.search(content, 0, max(2048, len(content) // 20)) if is_markup else None
    encoding = (declared["xml"] or declared["meta"] or b"").decode("ascii", "replace").lower() if declared else ""
    if encoding not in ("", "utf-8", "utf8"):
        return _decoded(content, encoding)
    text = _decoded(content, "cp1252")
    foreign = [character for character in text if not character.isascii()]
    if sum(character in _SWEDISH for character in foreign) < SWEDISH_SHARE * len(foreign):
        raise Unreadable(_ENCODING)
    return text


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
