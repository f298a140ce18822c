"""Whoosh's parser, with the marks of our question language in place of its own plugins."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from whoosh.qparser import QueryParser, plugins, syntax, taggers

QUOTES = '"“”„»«'
_QUOTE, _UNQUOTED, _PLAIN = f"[{QUOTES}]", f"[^{QUOTES}]", rf"[^\s(){QUOTES}]+"
# Second words of region names, which are typed without quotes: region:Västra Götaland.
_SECOND = "(?:götalands )?län|kommun|götaland|mellansverige|norrland|härjedalen|med öarna"
_START, _END = r"(?<![^\s(])", r"(?![^\s()])"
# In the order they are tried. A mark that only looks like one (a lone - or =) falls through to `word`.
PATTERNS = {
    "phrase": rf"(?P<exact>=)?{_QUOTE}(?P<text>{_UNQUOTED}*){_QUOTE}(?:~(?P<slop>\d{{1,3}}))?",
    "or": rf"{_START}(?:ELLER|OR){_END}",
    "and": rf"{_START}(?:OCH|AND){_END}",
    "not": rf"{_START}(?:INTE|NOT){_END}",
    "near": rf"{_START}(?:NÄRA|NEAR)(?:/(?P<distance>\d{{1,3}}))?{_END}",
    "minus": r"(?<![^\s(])-(?=[^\s\-)])",
    "plus": r"(?<![^\s(])\+(?=[^\s+)])",
    "title": r"(?<![^\s(+\-])(?i:rubrik|titel):[ ]?(?=[^\s)])",
    "filter": rf"(?<![^\s(\-+])(?P<name>(?i:region|nämner|namner|år|ar|källa|kalla|typ)):[ ]?"
    rf"(?:{_QUOTE}(?P<quoted>{_UNQUOTED}*){_QUOTE}|(?P<value>{_PLAIN}(?:(?<=[a-zåäö])[ ](?i:{_SECOND}){_END})?))",
    "word": f"{_PLAIN}|{_QUOTE}",
}
"""Kind of a mark -> what it looks like."""


@dataclass(frozen=True, slots=True)
class Mark:
    """One piece of a question: its kind (a key of the patterns), what it matched, and where."""

    kind: str
    text: str
    start: int
    end: int
    groups: dict[str, str | None]


Marks = list["Mark | Marks"]
"""Marks in order; parentheses are lists in the list."""


class _Node(syntax.SyntaxNode):
    def __init__(self, kind: str, match: Any) -> None:
        self.mark = Mark(kind, match[0], match.start(), match.end(), match.groupdict())


class _Tagger(taggers.RegexTagger):
    def __init__(self, kind: str, pattern: str) -> None:
        super().__init__(pattern)  # type: ignore[no-untyped-call]
        self._kind = kind

    def create(self, _parser: Any, match: Any) -> _Node:
        return _Node(self._kind, match)


class _OurMarks(plugins.Plugin):
    def taggers(self, _parser: Any) -> list[tuple[_Tagger, int]]:
        # Above the brackets' priority of 0: a parenthesis inside quotes belongs to the phrase.
        return [
            (_Tagger(kind, pattern), index - len(PATTERNS)) for index, (kind, pattern) in enumerate(PATTERNS.items())
        ]


_PARSER: Any = QueryParser(None, None, plugins=[plugins.WhitespacePlugin(), plugins.GroupPlugin(), _OurMarks()])


def marks_of(text: str) -> Marks:
    """The marks of a question. May raise anything that Whoosh's parser raises."""
    return _nested(_PARSER.process(text))


def _nested(group: Any) -> Marks:
    return [_nested(node) if isinstance(node, syntax.GroupNode) else node.mark for node in group]
