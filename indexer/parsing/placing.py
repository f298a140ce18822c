"""A question that names places -> its tree, in which each of them is its words or what is about it."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence

from msgspec import Struct

from indexer.metadata.regions import gazetteer
from indexer.parsing import beside_each_other, cleaned_words, is_small, parse, tidy
from indexer.parsing.expressions import Expression
from indexer.queries import And, Everything, Filtered, Or, Parsed, Phrase, Query, Word
from indexer.swedish.lexemes import listed

_JOINT = re.compile(r"\s*(?P<word>och|samt|eller|[,/–-])\s*(?:(?:i|på|från)\s+)?", re.IGNORECASE)
_GLUE = "-–—/,;:.+=*~"
"""Signs that would stand before another word, and mean something there, when what they follow is taken out."""


class Placed(Struct, frozen=True):
    """A question with its places apart."""

    query: Query
    """All of it: a place is part of every document that is found."""
    besides: Query
    """The words that are no place's; Everything where there are none."""
    places: Mapping[Or, Expression]
    """Each place by its part of the query."""
    wanted: tuple[tuple[str, Or], ...]
    """What every document has of the places, as typed: each of them, one of those that eller joins."""
    anywhere: Query
    """The same as `query` but for any one of the places."""
    least: Query
    """Any one of the places, with what no partial match may lack."""


def placed(read: Parsed, named: Sequence[Expression]) -> Placed:
    """The tree of a question, of which some expressions in what is left without its filters are places."""
    if not named:
        return Placed(read.query, read.query, {}, (), read.query, read.query)
    besides = parse(without(read.rest, named)).query
    words = () if besides == Everything() else beside_each_other(besides)
    parts = {_place(place): place for place in named}
    either = Or(tuple(part for place in parts for part in place.parts))
    wanted = tuple(_wanted(read.rest, parts))
    needed = (word for word in words if not isinstance(word, Word | Phrase) or word.required)
    query = _all((*words, *(part for _, part in wanted)))
    return Placed(query, besides, parts, wanted, _all((*words, either)), _all((*needed, either)))


def _wanted(question: str, parts: Mapping[Or, Expression]) -> Iterator[tuple[str, Or]]:
    runs: list[dict[Or, str]] = []
    for part, place in parts.items():
        joint = _JOINT.match(question, place.start)
        if joint is None or not runs:
            runs.append({})
        runs[-1][part] = joint["word"].lower() if joint else ""
    for run in runs:
        texts = [parts[part].text for part in run]
        if "eller" in run.values():
            yield listed(texts, "eller"), Or(tuple(run))
        else:
            yield from zip(texts, run, strict=True)


def _place(place: Expression) -> Or:
    """The name as it is written, also where it was typed without its dots and rings, or what is about the place."""
    names = (name for name in gazetteer.places()[place.value].names if not name.isascii())
    typed = (name for name in names if gazetteer.slug(name).replace("-", " ") == place.text.lower())
    words = cleaned_words(next(typed, place.text))
    return Or((Word(words[0]) if len(words) == 1 else Phrase(words), Filtered(place.filters)))


def _all(parts: tuple[Query, ...]) -> Query:
    return And(parts, blank=True) if len(parts) > 1 else parts[0]


def without(question: str, taken: Sequence[Expression], kept: Sequence[Expression] = ()) -> str:
    """The question without some of its expressions, in order. A place that is kept gets the preposition before its joint.

    >>> from datetime import date
    >>> from indexer.parsing.expressions import expressions_in
    >>> question = "tåg mellan Falun och Borlänge 2019"
    >>> falun, borlänge, year = expressions_in(question, date(2026, 11, 29))
    >>> without(question, [falun], [borlänge, year]), without(question, [borlänge], [falun, year])
    ('tåg mellan Borlänge 2019', 'tåg mellan Falun 2019')
    """
    following = {place.start: place for place in kept if place.facet == "region"}
    pieces, at, lead = [], 0, ""
    for expression in taken:
        pieces.append(question[at : expression.start])
        if expression.start > at or not at:
            lead = question[expression.start : expression.end].partition(expression.text)[0]
        at = expression.end
        if (follower := following.get(at)) and not _JOINT.fullmatch(lead):
            pieces.append(lead)
            at = follower.end - len(follower.text)
    first, *others = (*pieces, question[at:])
    return tidy(" ".join((first, *(piece.lstrip(_GLUE) for piece in others))))


def says_nothing_else(question: str, expressions: Sequence[Expression]) -> bool:
    """Whether a question has only words that hold a sentence together beside its expressions."""
    left = parse(without(question, expressions)).query
    return left == Everything() or all(map(is_small, beside_each_other(left)))


def left_of(question: str, expressions: Sequence[Expression], taken: Collection[Expression]) -> str:
    """The question when some of its expressions are chosen as filters in place of their words.

    >>> from datetime import date
    >>> from indexer.parsing.expressions import expressions_in
    >>> kind, place = expressions_in("vilka utlysningar finns det i Värmland", date(2026, 11, 29))
    >>> left_of("vilka utlysningar finns det i Värmland", [kind, place], [kind])
    'Värmland'
    """
    kept = [expression for expression in expressions if expression not in taken]
    if says_nothing_else(question, expressions):
        return " ".join(expression.text for expression in kept)
    return without(question, [expression for expression in expressions if expression in taken], kept)
