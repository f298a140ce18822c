"""Marks -> tree: precedence, prefixes, fields, and the filters of the top level."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from indexer.facets import facet_of_word
from indexer.parsing.filters import filters_of
from indexer.parsing.syntax import QUOTES, Mark, Marks
from indexer.queries import FURTHEST, And, Everything, Filtered, Filters, InTitle, Near, Not, Or, Phrase, Query, Word

NEAR_DISTANCE = 5
"""Of NÄRA without a number."""

_PUNCTUATION = ".,;:!?'’…&/\\|^<>[]{}@`´_=–—-+*~"


class Reading:
    """One question being read; `filters` and `notes` are there when `query` has returned."""

    def __init__(self, text: str) -> None:
        self.filters = Filters()
        self.notes: list[str] = []
        self._text = text
        self._cut: list[tuple[int, int]] = []

    def query(self, marks: Marks) -> Query:
        """The tree of a whole question."""
        return self._any(self._without_filters(marks)) or Everything()

    def rest(self) -> str:
        """The question without the filters that were moved out of it."""
        text = self._text
        for start, end in sorted(self._cut, reverse=True):
            text = f"{text[:start]} {text[end:]}"
        return tidy(text)

    def _without_filters(self, marks: Marks) -> Marks:
        """The filters of the top level are chosen values, with the OCH that joined them; under ELLER they stay."""
        if any(_is(mark, "or") for mark in marks):
            return marks
        kept: Marks = []
        for index, mark in enumerate(marks):
            before = marks[index - 1] if index else None
            held = isinstance(before, Mark) and before.kind in ("not", "minus", "title", "near")
            filters = filters_of(mark) if isinstance(mark, Mark) and mark.kind == "filter" and not held else None
            if filters is None or not isinstance(mark, Mark):
                kept.append(mark)
                continue
            self.filters = self.filters.merged(filters)
            self._cut.append((mark.start, mark.end))
            self._drop_joint(kept, marks[index + 1 : index + 2])
        return [mark for mark in kept if not (isinstance(mark, Mark) and (mark.start, mark.end) in self._cut)]

    def _drop_joint(self, before: Marks, after: Marks) -> None:
        """An OCH or + beside a filter goes with it."""
        for mark in (*before[-1:], *after):
            if isinstance(mark, Mark) and (mark.kind == "and" or (mark.kind == "plus" and mark in before)):
                self._cut.append((mark.start, mark.end))

    def _any(self, marks: Marks) -> Query | None:
        sides: list[Marks] = [[]]
        for mark in marks:
            if isinstance(mark, Mark) and mark.kind == "or":
                sides.append([])
            else:
                sides[-1].append(mark)
        if len(sides) > 1 and not all(sides):  # a stray ELLER is a word
            return self._all(
                [replace(mark, kind="word") if isinstance(mark, Mark) and mark.kind == "or" else mark for mark in marks]
            )
        parts = _present(self._all(side) for side in sides)
        return Or(parts) if len(parts) > 1 else parts[0] if parts else None

    def _all(self, marks: Marks) -> Query | None:
        """Parts beside each other; those that OCH joins become one part, so that relaxing drops none of them."""
        runs: list[list[Query]] = []
        rest, joined = list(marks), False
        while rest:
            if _is(rest[0], "and") and runs and len(rest) > 1 and not joined:
                joined = bool(rest.pop(0))
                continue
            part = self._near(rest)
            if part is not None and joined:
                runs[-1].append(part)
            elif part is not None:
                runs.append([part])
            joined = False
        return _and([part for run in runs if (part := _and(run, blank=False))], blank=True)

    def _near(self, rest: Marks) -> Query | None:
        """A part, or parts tied by NÄRA: a NÄRA/3 b NÄRA/5 c ties b to both."""
        left = self._part(rest)
        ties: list[Query] = []
        while len(rest) > 1 and isinstance(mark := rest[0], Mark) and mark.kind == "near":
            right = self._part(tail := rest[1:]) if _is(rest[1], "word") or _is(rest[1], "phrase") else None
            if not isinstance(left, Word | Phrase) or not isinstance(right, Word | Phrase):
                break
            ties.append(Near(left, right, self._distance(mark.groups["distance"] or str(NEAR_DISTANCE))))
            left, rest[:] = right, tail
        return _and(ties, blank=False) or left

    def _part(self, rest: Marks) -> Query | None:
        """The next part, taken off the rest together with its prefixes."""
        mark = rest.pop(0)
        if isinstance(mark, list):
            return self._any(mark)
        if mark.kind in ("not", "minus", "plus", "title") and rest:
            return _prefixed(mark.kind, self._near(rest))
        if mark.kind == "phrase":
            return self._phrase(mark)
        if mark.kind == "filter":
            return self._filtered(mark)
        return _word(mark.text)

    def _phrase(self, mark: Mark) -> Query | None:
        words = tuple(filter(None, map(cleaned, (mark.groups["text"] or "").split())))
        slop = self._distance(mark.groups["slop"] or "0")
        return Phrase(words, exact=mark.groups["exact"] is not None, slop=slop) if words else None

    def _filtered(self, mark: Mark) -> Query | None:
        filters = filters_of(mark)
        if filters is not None:
            return Filtered(filters)
        quoted, value = mark.groups["quoted"], mark.groups["quoted"] or mark.groups["value"] or ""
        noun = facet_of_word(mark.groups["name"] or "").noun
        self.notes.append(f"{noun} ”{value}” finns inte; orden söks i texten.")
        words = tuple(filter(None, map(cleaned, value.split())))
        if quoted:
            return Phrase(words) if words else None
        return _and([Word(word) for word in words], blank=True)

    def _distance(self, typed: str) -> int:
        if int(typed) > FURTHEST:
            self.notes.append(f"Avståndet {typed} är för stort; {FURTHEST} används.")
        return min(int(typed), FURTHEST)


def _prefixed(kind: str, part: Query | None) -> Query | None:
    if part is None or (kind == "title" and isinstance(part, Filtered)):
        return part
    if kind == "title":
        return InTitle(part)
    if kind == "plus":
        return replace(part, required=True) if isinstance(part, Word | Phrase) else part
    return part.part if isinstance(part, Not) else Not(part)


def _and(parts: list[Query], blank: bool) -> Query | None:
    different = tuple(dict.fromkeys(parts))
    return And(different, blank) if len(different) > 1 else different[0] if different else None


def tidy(text: str) -> str:
    """A question without superfluous blanks."""
    return re.sub(r"(?<=\() | (?=\))", "", " ".join(text.split()))


def _is(mark: Mark | Marks, kind: str) -> bool:
    return isinstance(mark, Mark) and mark.kind == kind


def _present(parts: Iterable[Query | None]) -> tuple[Query, ...]:
    return tuple(part for part in parts if part is not None)


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
