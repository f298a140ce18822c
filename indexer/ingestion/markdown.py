"""Markdown -> Draft: read as the text that it is, without its marks; a front matter's keys are given."""

from __future__ import annotations

import re
from collections.abc import Iterator

from indexer.ingestion.decoding import decode
from indexer.ingestion.parts import Part, Stream
from indexer.ingestion.text import read_text

MARKS = 100_000
"""Of a text that are taken out; one with more is left as it is."""

_FRONT = re.compile(r"\A---\n(?P<keys>.{0,5000}?)\n---\n", re.DOTALL)
_KEY = re.compile(r"^(?P<name>title|date|url|source|kind|language|id):\s*[\"']?(?P<value>.*?)[\"']?\s*$", re.MULTILINE)
_MARKS = (
    (re.compile(r"!\[[^\]]{0,300}\]\([^)]{0,300}\)"), ""),
    (re.compile(r"\[([^\]]{1,300})\]\([^)]{0,300}\)"), r"\1"),
    (re.compile(r"^(?:```|~~~).*$", re.MULTILINE), ""),
    (re.compile(r"^\s{0,3}(?:[-*+]|>)\s+", re.MULTILINE), ""),
    (re.compile(r"^#{2,6}\s+", re.MULTILINE), ""),
    *[(re.compile(r"(?<!\w)(\*\*|__|\*|_|`)(?=\S)([^*_`\n]{1,300})(?<=\S)\1(?!\w)"), r"\2")] * 2,
)
"""What marks a text and what stands in its place; no mark is looked for far, since a hostile text may have millions."""


def read_markdown(stream: Stream) -> Iterator[Part]:
    """One document."""
    text = decode(stream.text()).replace("\r\n", "\n")
    front = _FRONT.match(text)
    given = {found["name"]: found["value"] for found in _KEY.finditer(front["keys"]) if found["value"]} if front else {}
    body = text[front.end() :] if front else text
    for pattern, instead in _MARKS if sum(map(body.count, "*_`[")) <= MARKS else ():
        body = pattern.sub(instead, body)
    yield Part(read_text(body), given=given)
