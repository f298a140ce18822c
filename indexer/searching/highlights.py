"""Text + plan -> value and spans: where the words of a question stand in a text, and the pieces worth showing."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from itertools import compress

from indexer.fields import FIELDS
from indexer.metadata.contacts import is_contact
from indexer.planning import Plan
from indexer.planning.nodes import PhraseAt, Term, leaves
from indexer.results import Span
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

_LINE_END = re.compile("\n")
_UNBREAKABLE = "\u00a0\u202f\u2007"
# A blank that holds together what it stands between: figures in threes, a sign or short word and its number, a range with
# blanks, and a number and what it counts in.
_HELD = re.compile(
    r"(?<=\d)[ \t](?=\d{3}(?!\d))|(?:(?<=§)|(?<=[Kk]l)|(?<=[Kk]l\.)|(?<=[Nn]r)|(?<=[Nn]r\.)|(?<=[Kk]ap\.)|(?<=SOU)|(?<=[Pp]rop\.)|(?<=[Dd]nr)|(?<=\d [–-]))[ \t](?=\d)"
    r"|(?<=\d)[ \t](?=[–-] ?\d|%|procent|kap\.|§|tusen|miljo|miljar|mnkr|mdkr|tkr|kr\b|kronor)"
)


Leaf = Term | PhraseAt
_Row = tuple[tuple[int, str], ...]
"""Words at their distances from the first."""


def leaves_in(plan: Plan, fields: Collection[str]) -> tuple[Leaf, ...]:
    """What of a plan is to be marked in a text of some fields, for example ("title", "title_exact", "decompounded")."""
    return tuple(leaf for leaf in leaves(plan) if leaf.field in fields)


def highlight(text: str, marked: Collection[Leaf], entry: EntryOf = entry_of) -> tuple[Span, ...]:
    """The spans of the text that words and phrases stand in: rising, not overlapping, offsets in code points."""
    return marking(marked)(terms_in(readable(text), entry))


def marking(marked: Collection[Leaf]) -> Callable[[Terms], tuple[Span, ...]]:
    """What is marked in many texts -> the words of a text -> the same."""
    rows, parts = _rows(marked), _parts(marked)
    return lambda words: tuple(_merged(words.spans(_runs(words, rows), parts)))


def standing_in(words: Terms) -> Callable[[Collection[Leaf]], bool]:
    """Words and phrases -> whether any of them stands in a text."""
    terms, forms, parts = frozenset(words.terms), frozenset(words.forms), frozenset(words.parts)

    def stands(leaf: Leaf) -> bool:
        field = FIELDS[leaf.field]
        held = forms if field.exact else parts if field.decompounded else terms
        if isinstance(leaf, Term):
            return leaf.text in held
        return held.issuperset(text for _, text in leaf.terms) and bool(_runs(words, _rows((leaf,))))

    return lambda marked: any(map(stands, marked))


def _parts(marked: Collection[Leaf]) -> frozenset[str]:
    """The words that are looked for in words."""
    return frozenset(leaf.text for leaf in marked if isinstance(leaf, Term) and FIELDS[leaf.field].decompounded)


def _rows(marked: Collection[Leaf]) -> tuple[set[_Row], set[_Row]]:
    """The words and phrases that are looked for among terms and among forms."""
    rows: tuple[set[_Row], set[_Row]] = (set(), set())
    for leaf in marked:
        if not FIELDS[leaf.field].decompounded:
            rows[FIELDS[leaf.field].exact].update(leaf.rows if isinstance(leaf, PhraseAt) else [((0, leaf.text),)])
    return rows


def _runs(words: Terms, rows: tuple[set[_Row], set[_Row]]) -> list[tuple[int, int]]:
    """First and last place of every run of tokens that is marked; a phrase is a run where its words stand in a row."""
    return [*_places(words.terms, rows[0]), *_places(words.forms, rows[1])]


def _places(keys: Sequence[str], rows: Collection[_Row]) -> Iterator[tuple[int, int]]:
    marked = {text for row in rows for _, text in row}
    places: dict[str, list[int]] = {}
    for place in compress(range(len(keys)), map(marked.__contains__, keys)):
        places.setdefault(keys[place], []).append(place)
    for row in (row for row in rows if places and all(text in places for _, text in row)):
        offsets = [offset for offset, _ in row]
        for start in set.intersection(*({place - offset for place in places[text]} for offset, text in row)):
            if offsets[-1] == len(offsets) - 1:
                yield start, start + offsets[-1]
            else:
                yield from ((start + offset, start + offset) for offset in offsets)


def readable(text: str) -> str:
    """The beginning of a text that is looked at for highlights."""
    if len(text) <= HIGHLIGHTED_BYTES // 4:
        return text
    return text.encode("utf-8", "surrogatepass")[:HIGHLIGHTED_BYTES].decode("utf-8", "ignore")


def _merged(spans: Iterable[Span]) -> list[Span]:
    """Overlapping spans as one."""
    merged: list[Span] = []
    for start, end in sorted(set(spans)):
        if merged and start < merged[-1][1]:
            merged[-1] = merged[-1][0], max(merged[-1][1], end)
        else:
            merged.append((start, end))
    return merged


def snippets(text: str, spans: Sequence[Span]) -> list[tuple[str, tuple[Span, ...]]]:
    """The pieces of a text with the most marks, in the order of the text, each with its spans; else its beginning.

    A piece has … where text was cut, and is cut at a blank outside numbers. Whom to reach is not shown apart from the whole text.
    """
    spans = [span for span in spans if not is_contact(_line(text, span[0]))]
    if not spans:
        end = _before_contact(text, 0, cut_after(text, min(len(text), SNIPPET_LENGTH)))
        return [_piece(text, (0, end), ())] if text.strip() else []
    chosen: list[Span] = []
    worth = _worth(text, spans)
    for window in sorted(_windows(text, spans), key=lambda window: (worth(window), window)):
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
    ends = (found.start() for found in _LINE_END.finditer(text, start, end))
    return next((at for at in ends if is_contact(_line(text, at + 1))), end)


def _worth(text: str, spans: Sequence[Span]) -> Callable[[Span], Span]:
    """Window -> least for the one with the most different marked words, then the most marks."""
    starts, ends = [start for start, _ in spans], [end for _, end in spans]
    words = [text[start:end].lower() for start, end in spans]

    def worth(window: Span) -> Span:
        inside = words[bisect_left(starts, window[0]) : bisect_right(ends, window[1])]
        return -len(set(inside)), -len(inside)

    return worth


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
