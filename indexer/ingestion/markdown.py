"""Markdown -> Draft: read as the text that it is, without its marks; a front matter's keys are given."""

from __future__ import annotations

import re
from collections.abc import Iterator

from indexer.ingestion.decoding import decode
from indexer.ingestion.parts import Part, Stream
from indexer.ingestion.text import read_text

_FRONT = re.compile(r"\A---\n(?P<keys>.{0,5000}?)\n---\n", re.DOTALL)
_KEY = re.compile(r"^(?P<name>title|date|url|source|kind|language|id):\s*[\"']?(?P<value>.*?)[\"']?\s*$", re.MULTILINE)
_MARKS = (
    (re.compile(r"!\[[^\]]*\]\([^)]*\)"), ""),
    (re.compile(r"\[([^\]]+)\]\([^)]*\)"), r"\1"),
    (re.compile(r"^(?:```|~~~).*$", re.MULTILINE), ""),
    (re.compile(r"^\s{0,3}(?:[-*+]|>)\s+", re.MULTILINE), ""),
    (re.compile(r"^#{2,6}\s+", re.MULTILINE), ""),
    (re.compile(r"(?<!\w)(\*\*|__|\*|_|`)(?=\S)(.+?)(?<=\S)\1(?!\w)"), r"\2"),
)


def read_markdown(stream: Stream) -> Iterator[Part]:
    """One document."""
    text = decode(stream.whole()).replace("\r\n", "\n")
    front = _FRONT.match(text)
    given = {found["name"]: found["value"] for found in _KEY.finditer(front["keys"]) if found["value"]} if front else {}
    body = text[front.end() :] if front else text
    for pattern, instead in _MARKS:
        body = pattern.sub(instead, body)
    yield Part(read_text(body), given=given)
