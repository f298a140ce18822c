"""Text + spans -> the pieces worth showing, cut where words and numbers stay whole."""

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache

from indexer.metadata.contacts import LONGEST, is_contact
from indexer.metadata.tables import one_of
from indexer.results import Span

SNIPPET_LENGTH = 200
"""Code points of a snippet, before it is widened to whole words and numbers."""
CUT = "…"
"""Stands before and after a piece where the text goes on, with a blank between."""
WIDENED = 64
"""Code points that a cut is moved by at the most; the longest Swedish words are shorter."""

_HELD = one_of("searching/data/held.tsv", "blank")
"""A blank that holds together what it stands between."""
_MAY_CUT = re.compile(rf"(?![\u00a0\u202f\u2007])(?:(?<=\n)|(?!{_HELD})\s)")
"""Before or after a word, but not inside 40 000, kl. 13.00, § 12, 2019 – 2021 or 1,5 %."""
_BLANK, _SIGN = re.compile(r"\s"), re.compile(r"\S")


def snippets(text: str, spans: Sequence[Span]) -> list[tuple[str, tuple[Span, ...]]]:
    """The two pieces of a text with the most marks, in the order of the text, each with its spans; else its beginning.

    A piece has … where text was cut, and is cut at a blank outside numbers. Whom to reach is not shown apart from the whole text.
    """
    says_whom = cache(lambda line: is_contact(text[line : line + LONGEST + 1].partition("\n")[0]))
    lined = [(start, end, text.rfind("\n", 0, start) + 1) for start, end in spans]
    lined = [one for one in lined if not says_whom(one[2])]
    spans = [(start, end) for start, end, _ in lined]
    if not spans:
        end = _before_contact(text, 0, cut_after(text, min(len(text), SNIPPET_LENGTH)), says_whom)
        return [_piece(text, (0, end), ())] if _SIGN.search(text) else []
    chosen: list[Span] = []
    for window in _best_first(text, spans, set(_windows(text, lined, says_whom))):
        if len(chosen) < 2 and not any(window[0] < end and start < window[1] for start, end in chosen):
            chosen.append(window)
    return [_piece(text, window, spans) for window in sorted(chosen)]


def _windows(text: str, lined: Sequence[tuple[int, int, int]], says_whom: Callable[[int], bool]) -> Iterator[Span]:
    """A window around each of the first marks, a third of it before, kept within the paragraph where that has room."""
    for start, end, line in lined[:200]:
        first = max(start - SNIPPET_LENGTH // 3, line)
        last = cut_after(text, max(end, min(len(text), first + SNIPPET_LENGTH)))
        begin = cut_after(text, first)
        # Where that may be cut, no place before the mark, the last one, is farther before it.
        is_cut = begin <= start and _MAY_CUT.match(text, begin)
        yield begin if is_cut else min(cut_before(text, start), begin), _before_contact(text, end, last, says_whom)


def _before_contact(text: str, start: int, end: int, says_whom: Callable[[int], bool]) -> int:
    """The end of a piece, or the last end of a line before one that says whom to reach, as the place where a line begins tells."""
    while (at := text.find("\n", start, end)) >= 0 and not says_whom(at + 1):
        start = at + 1
    return at if at >= 0 else end


def _best_first(text: str, spans: Sequence[Span], windows: Iterable[Span]) -> list[Span]:
    """First the window with the most different marked words, then the most marks, then the first."""
    starts, ends = zip(*spans, strict=True)
    words = [text[start:end].lower() for start, end in spans]

    def worth(window: Span) -> tuple[int, int, Span]:
        inside = words[bisect_left(starts, window[0]) : bisect_right(ends, window[1])]
        return -len(set(inside)), -len(inside), window

    return sorted(windows, key=worth)


def cut_before(text: str, at: int) -> int:
    """The last place up to another where a text may be cut; that one where none is near."""
    places = range(at, max(0, at - WIDENED) - 1, -1)
    return next((place for place in places if place in (0, len(text)) or _MAY_CUT.match(text, place)), at)


def cut_after(text: str, at: int) -> int:
    """The next place from another where a text may be cut; where none is near, one that parts no letter from its marks."""
    if not at:
        return 0
    farthest = min(len(text), at + WIDENED)
    blank = None if text[at - 1] == "\n" else _BLANK.search(text, at, farthest)  # found faster than where to cut
    # What holds a blank takes less than ten code points after it.
    found = _MAY_CUT.search(text, blank.start() if blank else at, farthest + 10)
    if found and (place := found.start()) <= farthest:
        return place
    if farthest == len(text):
        return farthest
    letters = (place for place in range(at, farthest) if unicodedata.category(text[place]) not in ("Mn", "Cf"))
    return next(letters, farthest)


def _piece(text: str, window: Span, spans: Sequence[Span]) -> tuple[str, tuple[Span, ...]]:
    start, end = window
    while start < end and (text[start].isspace() or text[start] in ".,;:!?)"):
        start += 1
    end = start + len(text[start:end].rstrip())
    before = f"{CUT} " if _SIGN.search(text, 0, start) else ""
    moved = len(before) - start
    inside = tuple((first + moved, last + moved) for first, last in spans if start <= first and last <= end)
    return before + text[start:end] + (f" {CUT}" if _SIGN.search(text, end) else ""), inside
