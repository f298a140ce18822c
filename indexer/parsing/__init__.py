"""String -> marks -> tree: one regular expression tells the signs of the question language apart, in time linear in length, and
then is read what they mean together. Every string has an answer.

INTE binds tightest, then blank and OCH, then ELLER. What cannot be read as syntax is read as words.
"""

import re
import unicodedata
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate, groupby
from typing import TypeGuard

from msgspec import Struct, structs

from indexer import queries
from indexer.facets import FACETS, facet_of_word, question_value
from indexer.metadata.tables import expressions
from indexer.queries import And, Everything, Filtered, Filters, InTitle, Near, Not, Or, Parsed, Phrase, Query, Word
from indexer.swedish.lexemes import SMALL_WORDS

LONGEST_QUESTION, MOST_WORDS = 1_000, 32
"""Characters and words that are read."""
_PUNCTUATION = ".,;:!?'’…&/\\|^<>[]{}@`´_=–—-+*~"
_QUOTES = '"“”„»«'
_FACET_WORDS = "|".join(word for facet in FACETS.values() for word in (facet.word, facet.parameter))
_PATTERNS = dict(expressions("parsing/data/marks.tsv", QUOTES=_QUOTES, FACETS=_FACET_WORDS))
"""Kind of a mark -> what it looks like, in the order they are tried."""
MARK = re.compile("|".join(f"(?P<{kind}>{pattern})" for kind, pattern in _PATTERNS.items() if kind.islower()))


class Mark(Struct, frozen=True):
    """One piece of a question: its kind (`group`, or a name in data/marks.tsv), what it matched, and where."""

    kind: str
    text: str = ""
    span: tuple[int, int] = (0, 0)
    groups: Mapping[str, str] = {}
    inside: "tuple[Mark, ...]" = ()
    """Of a group, the marks between its parentheses."""


def parse(question: str) -> Parsed:
    """The tree, the filters and the notes of any string.

    >>> parse("cirkulär ekonomi region:dalarna").rest
    'cirkulär ekonomi'
    """
    notes: list[str] = []
    readable = re.sub(_PATTERNS["UNREADABLE"], " ", unicodedata.normalize("NFC", question[: LONGEST_QUESTION + 1]))
    text, filters = tidy(_bounded(readable, notes)), Filters()
    # What is left without the filters is read again: a question and its rest always mean the same.
    while chosen := list(_chosen(marks := marks_of(text))):
        for one, _ in chosen:
            filters = filters.merged(one)
        for start, end in sorted({mark.span for _, said in chosen for mark in said}, reverse=True):
            text = f"{text[:start]} {text[end:]}"
        text = tidy(text)
    return Parsed(_Parser(notes).any(marks) or Everything(), filters, text, tuple(notes))


def _bounded(text: str, notes: list[str]) -> str:
    words = text[:LONGEST_QUESTION].split()
    if len(text) > LONGEST_QUESTION or len(words) > MOST_WORDS:
        notes.append(f"Frågan är lång; de första {MOST_WORDS} orden söks.")
        text = " ".join(words[:MOST_WORDS])
    if max(accumulate((character == "(") - (character == ")") for character in text), default=0) > 20:
        notes.append("Frågan har för många parenteser i varandra; de läses inte.")
        text = text.replace("(", " ").replace(")", " ")
    return text


def _chosen(marks: Sequence[Mark]) -> Iterator[tuple[Filters, tuple[Mark, ...]]]:
    """The filters of the top level, which are chosen values, with the OCH or + that joined them; under ELLER they stay."""
    if any(mark.kind == "or" for mark in marks):
        return
    for before, mark, after in zip((Mark(""), *marks), marks, (*marks[1:], Mark("")), strict=False):
        is_part = before.kind in ("not", "minus", "title", "near")
        if mark.kind == "filter" and not is_part and (filters := filters_of(mark)):
            joints = ((before, ("and", "plus")), (after, ("and",)))
            yield filters, (mark, *(joint for joint, kinds in joints if joint.kind in kinds))


def marks_of(text: str) -> list[Mark]:
    """The marks of a question; a parenthesis without its other half is left out, and so is one pair around it all."""
    levels: list[list[Mark]] = [[]]
    for match in MARK.finditer(text):
        kind = match.lastgroup or "word"
        if kind == "open":
            levels.append([])
        elif kind != "close":
            levels[-1].append(Mark(kind, match[0], match.span(), match.groupdict("")))
        elif len(levels) > 1:
            inside = tuple(levels.pop())
            levels[-1].append(Mark("group", inside=inside))
    marks = [mark for level in levels for mark in level]
    return list(marks[0].inside) if len(marks) == 1 and marks[0].kind == "group" else marks


def filters_of(mark: Mark) -> Filters | None:
    """The filters that a mark of kind `filter` stands for, None when its value is unknown."""
    facet = facet_of_word(mark.groups["name"])
    typed = (mark.groups["quoted"] or mark.groups["value"].rstrip(",;!?")).strip()
    typed = typed if typed.endswith("..") else typed.rstrip(".")
    if facet.aspect == "time" and (period := _period(typed)):
        return Filters(period)
    value = question_value(facet, typed) if typed else None
    return Filters().with_values(facet.name, (value,)) if value else None


def _period(typed: str) -> queries.Period:
    """The years from one to another, whichever comes first; open where one is left out."""
    match = re.fullmatch(_PATTERNS["YEARS"], typed)
    first, last = match.groups() if match else (None, None)
    if first and last:
        first, last = sorted((first, last))
    return queries.Period(first and f"{first}-01-01", last and f"{last}-12-31")


class _Parser(Struct, frozen=True):
    """Makes trees of the marks of one question."""

    notes: list[str]
    """Swedish sentences on what is read in another way than it is written."""

    def any(self, marks: Sequence[Mark]) -> Query | None:
        """The tree of some marks; None where they say nothing."""
        sides = [list(side) for is_or, side in groupby(marks, lambda mark: mark.kind == "or") if not is_or]
        if sum(mark.kind == "or" for mark in marks) >= max(len(sides), 1):  # a stray ELLER is a word
            sides = [[structs.replace(mark, kind="word") if mark.kind == "or" else mark for mark in marks]]
        parts = tuple(part for side in sides if (part := self._all(side)) is not None)
        return Or(parts) if len(parts) > 1 else parts[0] if parts else None

    def _all(self, marks: Iterable[Mark]) -> Query | None:
        """Parts beside each other; those that OCH joins become one part, so that no partial match lacks one of them."""
        runs, rest = list[list[Query]](), deque(marks)
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
        left, ties = self._part(rest.popleft()), list[Query]()
        while isinstance(left, Word | Phrase) and len(rest) > 1 and rest[0].kind == "near":
            right = self._part(rest[1]) if rest[1].kind in ("word", "phrase") else None
            if not isinstance(right, Word | Phrase):
                break
            near, _ = rest.popleft(), rest.popleft()
            ties.append(Near((left, right), self._distance(near.groups["distance"] or "5")))
            left = right
        return _and(ties, blank=False) or left

    def _part(self, mark: Mark) -> Query | None:
        if mark.kind == "group":
            return self.any(mark.inside)
        if mark.kind == "phrase":
            words, slop = cleaned_words(mark.groups["text"]), self._distance(mark.groups["slop"] or "0")
            return Phrase(words, exact=bool(mark.groups["exact"]), slop=slop) if words else None
        return self._filtered(mark) if mark.kind == "filter" else _word(mark.text)

    def _filtered(self, mark: Mark) -> Query | None:
        if (filters := filters_of(mark)) is not None:
            return Filtered(filters)
        value = mark.groups["quoted"] or mark.groups["value"]
        self.notes.append(f"{facet_of_word(mark.groups['name']).noun} ”{value}” finns inte; orden söks i texten.")
        words = cleaned_words(value)
        return Phrase(words) if words and mark.groups["quoted"] else _and([Word(word) for word in words], blank=True)

    def _distance(self, typed: str) -> int:
        if int(typed) > queries.FURTHEST:
            self.notes.append(f"Avståndet {typed} är för stort; {queries.FURTHEST} används.")
        return min(int(typed), queries.FURTHEST)


def _with_prefix(kind: str, part: Query | None) -> Query | None:
    if part is None or (kind == "title" and isinstance(part, Filtered)):
        return part
    if kind == "title":
        return InTitle(part)
    if kind == "plus":
        return structs.replace(part, required=True) if isinstance(part, Word | Phrase) else part
    return part.part if isinstance(part, Not) else Not(part)


def _and(parts: Sequence[Query], blank: bool) -> Query | None:
    different = tuple(dict.fromkeys(parts))
    return And(different, blank) if len(different) > 1 else different[0] if different else None


def tidy(text: str) -> str:
    """A question without superfluous blanks."""
    return re.sub(r"(?<=\() | (?=\))", "", " ".join(text.split()))


def cleaned_words(typed: str) -> tuple[str, ...]:
    """Those of a typed text that have a letter or digit."""
    return tuple(filter(None, map(cleaned, typed.split())))


def cleaned(typed: str) -> str:
    """A word without the punctuation around it; empty where no letter or digit is left."""
    core = typed.strip(_PUNCTUATION + _QUOTES)
    return core if any(map(str.isalnum, core)) else ""


def _word(typed: str) -> Word | None:
    ending = re.search(r"([*~])\d?[.,;:!?]*$", typed)
    text = cleaned(typed[: ending.start()] if ending else typed)
    prefix, fuzzy = (ending is not None and ending[1] == sign for sign in "*~")
    return Word(text, exact=typed.startswith("=") and not ending, prefix=prefix, fuzzy=fuzzy) if text else None


def beside_each_other(query: Query) -> tuple[Query, ...]:
    """The parts of a question that blanks join, or all of it."""
    return query.parts if isinstance(query, And) and query.blank else (query,)


def small_words(query: Query) -> tuple[Word, ...]:
    """The plain words of a question, written beside others that carry it, that may be missing from a document.

    >>> small_words(And((Word("bredband"), Word("på"), Word("landsbygden")), blank=True))
    (Word(text='på', exact=False, prefix=False, fuzzy=False, required=False),)
    """
    parts = beside_each_other(query)
    small = tuple(filter(is_small, parts))
    return small if any(part not in small and not isinstance(part, Not) for part in parts) else ()


def is_small(part: Query) -> TypeGuard[Word]:
    """Whether it is a plain word that only holds a sentence together."""
    return is_plain(part) and part.text.lower().strip("?!.,") in SMALL_WORDS


def is_plain(part: Query) -> TypeGuard[Word]:
    """Whether it is a word without signs."""
    return isinstance(part, Word) and part == Word(part.text)
