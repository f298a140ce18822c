"""What a server packed an answer with (Content-Encoding) -> its bytes, never more than asked for: a bomb is no larger than a page."""

import io
import sys
import zlib
from importlib import import_module
from typing import Any

from indexer.ingestion.parts import Unreadable


def decoded(content: bytes, encodings: str, most: int) -> bytes:
    """At most so many bytes of a content and one; as it is where it is not packed as its header says. Raises Unreadable.

    >>> decoded(zlib.compress(b"a" * 1000), "deflate", 9), decoded(b"<p>", "gzip", 9)
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
            unpacked = unpacker.decompress(content, most)
        except zlib.error:
            continue
        if unpacked or unpacker.eof:
            return unpacked, unpacker.eof
    return content, True


def _unbrotlied(content: bytes, most: int) -> tuple[bytes, bool]:
    brotli: Any = import_module("brotli")
    unpacker = brotli.Decompressor()
    try:
        unpacked = unpacker.process(content, output_buffer_limit=most)
    except brotli.error:
        return content, True
    return unpacked[:most], unpacker.is_finished()


def _unzstandarded(content: bytes, most: int) -> tuple[bytes, bool]:
    zstd: Any = import_module("compression.zstd" if sys.version_info >= (3, 14) else "backports.zstd")
    try:
        return zstd.ZstdFile(io.BytesIO(content)).read(most), True
    except zstd.ZstdError:
        return content, True
    except EOFError:
        return b"", False


_UNPACKERS = dict.fromkeys(("gzip", "x-gzip", "deflate"), _inflated) | {"br": _unbrotlied, "zstd": _unzstandarded}
