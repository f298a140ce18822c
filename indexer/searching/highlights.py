"""Text + plan -> value and spans: where the words of a question stand in a text, and the pieces worth showing."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from indexer.metadata.contacts import is_contact
from indexer.planning import Plan
from indexer.planning.nodes import AllOf, AnyOf, MaxOf, MostOf, PhraseAt, Term
from indexer.swedish import EntryOf, Terms, entry_of, terms_in

HIGHLIGHTED_BYTES = 200_000
"""Of a text, UTF-8, that is searched for highlights (DESIGN.md); 1 ms per 20 kB."""
SNIPPETS = 2
SNIPPET_LENGTH = 200
"""Code points of a snippet, before it is widened to whole words and numbers."""
CUT = "…"
"""Stands before and after a piece where the text goes on, with a blank between."""
WIDENED = 64
"""Code points that a cut is moved by at the most; the longest Swedish words are shorter."""
WINDOWS = 200
"""Marks of a text that are considered as the place of a snippet."""

Span = tuple[int, int]

_UNBREAKABLE = "\u00a0\u202f\u2007"
# A blank that holds together what it stands between: figures in threes, a sign or short word and its number, a range with
# blanks, and a number and what it counts in.
_HELD = re.compile(
    r"(?<=\d)[ \t](?=\d{3}(?!\d))|(?:(?<=§)|(?<=[Kk]l)|(?<=[Kk]l\.)|(?<=[Nn]r)|(?<=[Nn]r\.)|(?<=[Kk]ap\.)|(?<=SOU)|(?<=[Pp]rop\.)|(?<=[Dd]nr)|(?<=\d [–-]))[ \t](?=\d)"
    r"|(?<=\d)[ \t](?=[–-] ?\d|%|procent|kap\.|§|tusen|miljo|miljar|mnkr|mdkr|tkr|kr\b|kronor)"
)


@dataclass(frozen=True, slots=True)
class Marks:
    """What of a plan is to be marked in a text: words and phrases, of terms and of exact forms, and words in words."""

    terms: frozenset[str]
    forms: frozenset[str]
    parts: frozenset[str]
    term_phrases: tuple[PhraseAt, ...]
    form_phrases: tuple[PhraseAt, ...]


def marks_of(plan: Plan, fields: Collection[str]) -> Marks:
    """The marks of a plan that apply to some fields, for example ("title", "title_exact", "decompounded")."""
    leaves = [leaf for leaf in _leaves(plan) if leaf.field in fields]
    words = [leaf for leaf in leaves if isinstance(leaf, Term)]
    phrases = [leaf for leaf in leaves if isinstance(leaf, PhraseAt)]
    return Marks(
        frozenset(word.text for word in words if word.field != "decompounded" and not _exact(word)),
        frozenset(word.text for word in words if _exact(word)),
        frozenset(word.text for word in words if word.field == "decompounded"),
        tuple(phrase for phrase in phrases if not _exact(phrase)),
        tuple(phrase for phrase in phrases if _exact(phrase)),
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


def _exact(leaf: Term | PhraseAt) -> bool:
    return leaf.field.endswith("_exact")


def highlight(text: str, marks: Marks, entry: EntryOf = entry_of) -> tuple[Span, ...]:
    """The spans of the text that the marks stand in: rising, not overlapping, offsets in code points."""
    words = terms_in(readable(text), entry)
    found = runs(words, marks)
    spans = words.spans({place for run in found for place in run})
    parts = words.spans_of_parts(marks.parts) if marks.parts else ()
    return tuple(_merged((*((spans[first][0], spans[last][1]) for first, last in found), *parts)))


def stands_in(words: Terms, marks: Marks) -> bool:
    """Whether any of the marks stands in a text."""
    return bool(runs(words, marks)) or not marks.parts.isdisjoint(words.parts)


def runs(words: Terms, marks: Marks) -> list[tuple[int, int]]:
    """First and last place of every run of tokens that is marked; a phrase is a run where its words stand in a row."""
    return [
        *_runs(words.terms, marks.terms, marks.term_phrases),
        *_runs(words.forms, marks.forms, marks.form_phrases),
    ]


def _runs(keys: Sequence[str], single: Collection[str], phrases: Sequence[PhraseAt]) -> Iterator[tuple[int, int]]:
    wanted = {*single, *(text for phrase in phrases for _, text in phrase.terms)}
    places: dict[str, list[int]] = {}
    for place, key in enumerate(keys):
        if key in wanted:
            places.setdefault(key, []).append(place)
    yield from ((place, place) for text in single for place in places.get(text, ()))
    for phrase in phrases:
        offsets = [offset for offset, _ in phrase.terms]
        starts = [{place - offset for place in places.get(text, ())} for offset, text in phrase.terms]
        for start in set.intersection(*starts):
            if offsets[-1] == len(offsets) - 1:
                yield start, start + offsets[-1]
            else:
                yield from ((start + offset, start + offset) for offset in offsets)


def readable(text: str) -> str:
    """The beginning of a text that is looked at for highlights."""
    if len(text) <= HIGHLIGHTED_BYTES // 4:
        return text
    return text.encode("utf-8", "surrogatepass")[:HIGHLIGHTED_BYTES].decode("utf-8", "ignore")


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
    """The pieces of a text with the most marks, in the order of the text, each with its spans; else its beginning.

    A piece has … where text was cut, and is cut at a blank outside numbers. Whom to reach is not shown apart from the whole text.
    """
    spans = [span for span in spans if not is_contact(_line(text, span[0]))]
    if not spans:
        end = _before_contact(text, 0, cut_after(text, min(len(text), SNIPPET_LENGTH)))
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
        yield min(cut_before(text, start), cut_after(text, first)), _before_contact(text, end, cut_after(text, last))


def _line(text: str, at: int) -> str:
    end = text.find("\n", at)
    return text[text.rfind("\n", 0, at) + 1 : end if end >= 0 else None]


def _before_contact(text: str, start: int, end: int) -> int:
    """The end of a piece, or the last end of a line before one that says whom to reach."""
    at = text.find("\n", start, end)
    while at >= 0:
        if is_contact(_line(text, at + 1)):
            return at
        at = text.find("\n", at + 1, end)
    return end


def _worth(text: str, window: Span, spans: Sequence[Span]) -> Span:
    """Least for the window with the most different marked words, then the most marks."""
    inside = [text[start:end].lower() for start, end in spans if window[0] <= start and end <= window[1]]
    return -len(set(inside)), -len(inside)


def _overlap(left: Span, right: Span) -> bool:
    return left[0] < right[1] and right[0] < left[1]


def cut_before(text: str, at: int) -> int:
    """The last place up to another where a text may be cut; that one where none is near."""
    nearest = max(0, at - WIDENED)
    return next((index for index in range(at, nearest - 1, -1) if _may_cut(text, index)), at)


def cut_after(text: str, at: int) -> int:
    """The next place from another where a text may be cut; where none is near, one that parts no letter from its marks."""
    farthest = min(len(text), at + WIDENED)
    whole = next((index for index in range(at, farthest + 1) if _may_cut(text, index)), None)
    if whole is not None:
        return whole
    return next((index for index in range(at, farthest) if not _marks(text[index])), farthest)


def _may_cut(text: str, at: int) -> bool:
    """Before or after a word, but not inside 40 000, kl. 13.00, § 12, 2019 – 2021 or 1,5 %."""
    if at in (0, len(text)):
        return True
    if text[at].isspace():
        return not (text[at] in _UNBREAKABLE or _HELD.match(text, at))
    return text[at - 1] == "\n"


def _marks(character: str) -> bool:
    return unicodedata.category(character) in ("Mn", "Cf")


def _piece(text: str, window: Span, spans: Sequence[Span]) -> tuple[str, tuple[Span, ...]]:
    start, end = window
    while start < end and (text[start].isspace() or text[start] in ".,;:!?)"):
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    before = f"{CUT} " if text[:start].strip() else ""
    after = f" {CUT}" if text[end:].strip() else ""
    moved = len(before) - start
    inside = tuple((first + moved, last + moved) for first, last in spans if start <= first and last <= end)
    return before + text[start:end] + after, inside
