"""Text + plan -> value and spans: where the words of a question stand in a text, and the pieces worth showing."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from indexer.planning import Plan
from indexer.planning.nodes import AllOf, AnyOf, MaxOf, MostOf, PhraseAt, Term
from indexer.swedish import TermOf, Token, analyse, term_of

HIGHLIGHTED_BYTES = 200_000
"""Of a text, UTF-8, that is searched for highlights (DESIGN.md); 1 ms per 20 kB."""
SNIPPETS = 2
SNIPPET_LENGTH = 200
"""Code points of a snippet, before it is widened to whole words."""
WINDOWS = 200
"""Marks of a text that are considered as the place of a snippet."""

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Marks:
    """What of a plan is to be marked in a text: terms, exact forms, parts, and phrases of either."""

    terms: frozenset[str]
    forms: frozenset[str]
    parts: frozenset[str]
    phrases: tuple[PhraseAt, ...]


def marks_of(plan: Plan, fields: Collection[str]) -> Marks:
    """The marks of a plan that apply to some fields, for example ("title", "title_exact", "parts")."""
    leaves = [leaf for leaf in _leaves(plan) if leaf.field in fields]
    terms = [leaf for leaf in leaves if isinstance(leaf, Term)]
    return Marks(
        frozenset(leaf.text for leaf in terms if leaf.field != "parts" and not _exact(leaf.field)),
        frozenset(leaf.text for leaf in terms if _exact(leaf.field)),
        frozenset(leaf.text for leaf in terms if leaf.field == "parts"),
        tuple(leaf for leaf in leaves if isinstance(leaf, PhraseAt)),
    )


def _leaves(plan: Plan) -> Iterator[Term | PhraseAt]:
    """The leaves that make a document match; what only scores or forbids is not marked."""
    match plan:
        case Term() | PhraseAt():
            yield plan
        case AllOf():
            for part in plan.required:
                yield from _leaves(part)
        case AnyOf() | MaxOf() | MostOf():
            for part in plan.parts:
                yield from _leaves(part)


def _exact(field: str) -> bool:
    return field.endswith("_exact")


def highlight(text: str, marks: Marks, term: TermOf = term_of) -> tuple[Span, ...]:
    """The spans of the text that the marks stand in: rising, not overlapping, offsets in code points."""
    return marked(analyse(readable(text), term), marks)


def marked(tokens: Sequence[Token], marks: Marks) -> tuple[Span, ...]:
    """As `highlight`, of a text that is analysed already."""
    spans = [(token.start, token.end) for token in tokens if token.term in marks.terms or token.form in marks.forms]
    spans += [(part.start, part.end) for token in tokens for part in token.parts if part.term in marks.parts]
    for phrase in marks.phrases:
        spans += _occurrences(tokens, phrase)
    return tuple(_merged(spans))


def readable(text: str) -> str:
    """The beginning of a text that is looked at for highlights."""
    if len(text) <= HIGHLIGHTED_BYTES // 4:
        return text
    return text.encode("utf-8", "surrogatepass")[:HIGHLIGHTED_BYTES].decode("utf-8", "ignore")


def _occurrences(tokens: Sequence[Token], phrase: PhraseAt) -> Iterator[Span]:
    keys = [token.form if _exact(phrase.field) else token.term for token in tokens]
    last = phrase.terms[-1][0]
    for start in range(len(tokens) - last):
        if all(keys[start + offset] == text for offset, text in phrase.terms):
            yield from _words_of(tokens[start : start + last + 1], phrase)


def _words_of(tokens: Sequence[Token], phrase: PhraseAt) -> Iterator[Span]:
    """A phrase is one mark where its words stand in a row, else a mark a word."""
    offsets = [offset for offset, _ in phrase.terms]
    if offsets == list(range(len(offsets))):
        yield tokens[0].start, tokens[-1].end
    else:
        yield from ((tokens[offset].start, tokens[offset].end) for offset in offsets)


def _merged(spans: Iterable[Span]) -> Iterator[Span]:
    """Overlapping spans as one."""
    current: Span | None = None
    for start, end in sorted(set(spans)):
        if current and start < current[1]:
            current = (current[0], max(current[1], end))
            continue
        if current:
            yield current
        current = (start, end)
    if current:
        yield current


def snippets(text: str, spans: Sequence[Span]) -> list[tuple[str, tuple[Span, ...]]]:
    """The pieces of a text with the most marks, in the order of the text, each with its spans; else its beginning."""
    if not spans:
        end = _word_end(text, min(len(text), SNIPPET_LENGTH))
        return [_piece(text, (0, end), ())] if text.strip() else []
    chosen: list[Span] = []
    for window in sorted(_windows(text, spans), key=lambda window: (_worth(text, window, spans), window)):
        if len(chosen) < SNIPPETS and not any(_overlap(window, other) for other in chosen):
            chosen.append(window)
    return [_piece(text, window, spans) for window in sorted(chosen)]


def _windows(text: str, spans: Sequence[Span]) -> Iterator[Span]:
    """A window around each mark, a third of it before, kept within the paragraph where that has room."""
    for start, end in spans[:WINDOWS]:
        first = max(0, start - SNIPPET_LENGTH // 3, text.rfind("\n", 0, start) + 1)
        last = max(end, min(len(text), first + SNIPPET_LENGTH))
        yield min(start, _word_start(text, first)), _word_end(text, last)


def _worth(text: str, window: Span, spans: Sequence[Span]) -> Span:
    """Least for the window with the most different marked words, then the most marks."""
    inside = [text[start:end].lower() for start, end in spans if window[0] <= start and end <= window[1]]
    return -len(set(inside)), -len(inside)


def _overlap(left: Span, right: Span) -> bool:
    return left[0] < right[1] and right[0] < left[1]


def _word_start(text: str, at: int) -> int:
    if at == 0 or not (_wordy(text[at - 1]) and _wordy(text[at : at + 1])):
        return at
    return _word_end(text, at)


def _word_end(text: str, at: int) -> int:
    """The next place that is not inside a word, at most 64 characters away."""
    return next((index for index in range(at, min(len(text), at + 64)) if not _wordy(text[index])), min(at, len(text)))


def _wordy(character: str) -> bool:
    return character.isalnum() or unicodedata.category(character or " ") in ("Mn", "Cf")


def _piece(text: str, window: Span, spans: Sequence[Span]) -> tuple[str, tuple[Span, ...]]:
    start, end = window
    while start < end and (text[start].isspace() or text[start] in ".,;:!?)"):
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    inside = tuple((first - start, last - start) for first, last in spans if start <= first and last <= end)
    return text[start:end], inside
