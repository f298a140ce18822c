"""Marks -> tree: precedence, prefixes, fields, and the filters of the top level."""

import re
from collections import deque
from collections.abc import Iterable, Sequence
from itertools import groupby

from msgspec.structs import replace

from indexer.facets import facet_of_word
from indexer.parsing.syntax import QUOTES, Mark, filters_of, marks_of
from indexer.queries import FURTHEST, And, Everything, Filtered, Filters, InTitle, Near, Not, Or, Phrase, Query, Word

NEAR_DISTANCE = 5
"""Of NÄRA without a number."""

_PUNCTUATION = ".,;:!?'’…&/\\|^<>[]{}@`´_=–—-+*~"


class Parser:
    """One question being parsed; `filters` and `notes` are there when `query` has returned."""

    def __init__(self, text: str) -> None:
        self.filters = Filters()
        self.notes: list[str] = []
        self._text = text
        self._cut: set[tuple[int, int]] = set()

    def query(self) -> Query:
        """The tree of the whole question."""
        return self._any(self._without_filters(marks_of(self._text))) or Everything()

    def rest(self) -> str:
        """The question without the filters that were moved out of it."""
        text = self._text
        for start, end in sorted(self._cut, reverse=True):
            text = f"{text[:start]} {text[end:]}"
        return tidy(text)

    def _without_filters(self, marks: Sequence[Mark]) -> Sequence[Mark]:
        """The filters of the top level are chosen values, with the OCH or + that joined them; under ELLER they stay."""
        if any(mark.kind == "or" for mark in marks):
            return marks
        for before, mark, after in zip((None, *marks), marks, (*marks[1:], None), strict=False):
            is_part = before and before.kind in ("not", "minus", "title", "near")
            filters = filters_of(mark) if mark.kind == "filter" and not is_part else None
            if filters is not None:
                self.filters = self.filters.merged(filters)
                joints = [before] if before and before.kind in ("and", "plus") else []
                joints += [after] if after and after.kind == "and" else []
                self._cut |= {(cut.start, cut.end) for cut in (mark, *joints)}
        return [mark for mark in marks if (mark.start, mark.end) not in self._cut]

    def _any(self, marks: Sequence[Mark]) -> Query | None:
        sides = [list(side) for is_or, side in groupby(marks, lambda mark: mark.kind == "or") if not is_or]
        if sum(mark.kind == "or" for mark in marks) >= max(len(sides), 1):  # a stray ELLER is a word
            sides = [[replace(mark, kind="word") if mark.kind == "or" else mark for mark in marks]]
        parts = tuple(part for side in sides if (part := self._all(side)) is not None)
        return Or(parts) if len(parts) > 1 else parts[0] if parts else None

    def _all(self, marks: Iterable[Mark]) -> Query | None:
        """Parts beside each other; those that OCH joins become one part, so that no partial match lacks one of them."""
        runs: list[list[Query]] = []
        rest = deque(marks)
        while rest:
            is_joined = rest[0].kind == "and" and runs and len(rest) > 1
            if is_joined:
                rest.popleft()
            if (part := self._prefixed(rest)) is not None:
                runs.append([*(runs.pop() if is_joined else ()), part])
        return _and([part for run in runs if (part := _and(run, blank=False))], blank=True)

    def _prefixed(self, rest: deque[Mark]) -> Query | None:
        """The next part, taken off the rest together with its prefixes."""
        if len(rest) > 1 and rest[0].kind in ("not", "minus", "plus", "title"):
            return _with_prefix(rest.popleft().kind, self._prefixed(rest))
        return self._near(rest)

    def _near(self, rest: deque[Mark]) -> Query | None:
        """A part, or parts tied by NÄRA: a NÄRA/3 b NÄRA/5 c ties b to both."""
        left = self._part(rest.popleft())
        ties: list[Query] = []
        while isinstance(left, Word | Phrase) and len(rest) > 1 and rest[0].kind == "near":
            right = self._part(rest[1]) if rest[1].kind in ("word", "phrase") else None
            if not isinstance(right, Word | Phrase):
                break
            near = rest.popleft()
            rest.popleft()
            ties.append(Near(left, right, self._distance(near.groups["distance"] or str(NEAR_DISTANCE))))
            left = right
        return _and(ties, blank=False) or left

    def _part(self, mark: Mark) -> Query | None:
        if mark.kind == "group":
            return self._any(mark.inside)
        if mark.kind == "phrase":
            return self._phrase(mark)
        return self._filtered(mark) if mark.kind == "filter" else _word(mark.text)

    def _phrase(self, mark: Mark) -> Query | None:
        words = _cleaned_words(mark.groups["text"] or "")
        slop = self._distance(mark.groups["slop"] or "0")
        return Phrase(words, exact=mark.groups["exact"] is not None, slop=slop) if words else None

    def _filtered(self, mark: Mark) -> Query | None:
        if (filters := filters_of(mark)) is not None:
            return Filtered(filters)
        value = mark.groups["quoted"] or mark.groups["value"] or ""
        noun = facet_of_word(mark.groups["name"] or "").noun
        self.notes.append(f"{noun} ”{value}” finns inte; orden söks i texten.")
        words = _cleaned_words(value)
        return Phrase(words) if words and mark.groups["quoted"] else _and([Word(word) for word in words], blank=True)

    def _distance(self, typed: str) -> int:
        if int(typed) > FURTHEST:
            self.notes.append(f"Avståndet {typed} är för stort; {FURTHEST} används.")
        return min(int(typed), FURTHEST)


def _with_prefix(kind: str, part: Query | None) -> Query | None:
    if part is None or (kind == "title" and isinstance(part, Filtered)):
        return part
    if kind == "title":
        return InTitle(part)
    if kind == "plus":
        return replace(part, required=True) if isinstance(part, Word | Phrase) else part
    return part.part if isinstance(part, Not) else Not(part)


def _and(parts: Sequence[Query], blank: bool) -> Query | None:
    different = tuple(dict.fromkeys(parts))
    return And(different, blank) if len(different) > 1 else different[0] if different else None


def tidy(text: str) -> str:
    """A question without superfluous blanks."""
    return re.sub(r"(?<=\() | (?=\))", "", " ".join(text.split()))


def _cleaned_words(typed: str) -> tuple[str, ...]:
    """Those of a typed text that have a letter or digit."""
    return tuple(filter(None, map(cleaned, typed.split())))


def cleaned(typed: str) -> str:
    """A word without the punctuation around it; empty where no letter or digit is left."""
    core = typed.strip(_PUNCTUATION + QUOTES)
    return core if any(map(str.isalnum, core)) else ""


def _word(typed: str) -> Word | None:
    ending = re.search(r"([*~])\d?[.,;:!?]*$", typed)
    text = cleaned(typed[: ending.start()] if ending else typed)
    if not text:
        return None
    prefix, fuzzy = (ending is not None and ending[1] == sign for sign in "*~")
    return Word(text, exact=typed.startswith("=") and not ending, prefix=prefix, fuzzy=fuzzy)
