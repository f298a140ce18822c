"""Bytes as a server packed them (Content-Encoding) -> bytes -> text, or a sentence on why not."""

import io
import re
import sys
import zlib
from importlib import import_module
from typing import Any

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


def unpacked(content: bytes, encodings: str, most: int) -> bytes:
    """At most so many bytes of a content and one; as it is where it is not packed as its header says. Raises Unreadable.

    >>> unpacked(zlib.compress(b"a" * 1000), "deflate", 9), unpacked(b"<p>", "gzip", 9)
    (b'aaaaaaaaaa', b'<p>')
    """
    for name in reversed([one.strip().lower() for one in encodings.split(",")]):
        if unpack := _UNPACKERS.get(name):
            try:
                content, ended = unpack(content, most + 1)
            except ImportError as error:
                reason = f"Sidan är packad med {name}; installera paketet {error.name} och läs den igen."
                raise Unreadable(reason) from error
            if not ended and len(content) <= most:
                raise Unreadable("Sidan är avhuggen; hämta den igen.")
    return content


def _inflated(content: bytes, most: int) -> tuple[bytes, bool]:
    """What is in a content, and whether that is all that was meant to be."""
    for format in (zlib.MAX_WBITS | 32, -zlib.MAX_WBITS):  # gzip or zlib with a head, or none, as some servers have it
        unpacker = zlib.decompressobj(format)
        try:
            inflated = unpacker.decompress(content, most)
        except zlib.error:
            continue
        if inflated or unpacker.eof:
            return inflated, unpacker.eof
    return content, True


def _unbrotlied(content: bytes, most: int) -> tuple[bytes, bool]:
    brotli: Any = import_module("brotli")
    unpacker = brotli.Decompressor()
    try:
        content = unpacker.process(content, output_buffer_limit=most)
    except brotli.error:
        return content, True
    return content[:most], unpacker.is_finished()


def _unzstandarded(content: bytes, most: int) -> tuple[bytes, bool]:
    zstd: Any = import_module("compression.zstd" if sys.version_info >= (3, 14) else "backports.zstd")
    try:
        return zstd.ZstdFile(io.BytesIO(content)).read(most), True
    except zstd.ZstdError:
        return content, True
    except EOFError:
        return b"", False


_UNPACKERS = dict.fromkeys(("gzip", "x-gzip", "deflate"), _inflated) | {"br": _unbrotlied, "zstd": _unzstandarded}
