"""Places, times and kinds that a question names in words, as filters: offered, or applied where nothing else is left or found."""

from collections.abc import Iterator

from msgspec.structs import replace

from indexer.addresses import address
from indexer.parsing.expressions import Expression
from indexer.parsing.placing import left_of, says_nothing_else
from indexer.queries import Search
from indexer.results import Offer
from indexer.searching.opening import OpenIndex
from indexer.searching.questions import Question

OFFERED = 6
"""Offers of an answer; each is a question to the engine."""
_NOUNS = {"kind": "typ", "year": "tid", "period": "tid"}


def asked(index: OpenIndex, search: Search) -> Question:
    """The question of a Search; with the times and kinds in it applied where it has no other words or finds nothing."""
    question = Question(index, search)
    times_and_kinds = [one for one in question.expressions if one.facet != "region" and not _decided(one, question)]
    if not times_and_kinds:
        return question
    choices = [times_and_kinds]
    is_all = says_nothing_else(question.search.query, question.expressions)
    if not is_all:
        if question.total:
            return question
        choices += [[one] for one in times_and_kinds if len(times_and_kinds) > 1]
    # Who asks for a time means it also where nothing is from then; a kind that nothing is of may be a word.
    means_it = is_all and (any(one.facet != "kind" for one in times_and_kinds) or not question.total)
    # A time is no word that a text may lack: where nothing has all words, what has most of them is from then.
    times = [one for one in times_and_kinds if one.facet != "kind" and not is_all]
    for choice in [*choices, times] if times else choices:
        other = Question(index, _chosen(question, choice))
        if other.hidden >= question.hidden and (means_it or other.total or (choice is times and other.has_partial)):
            other.applied, other.typed = tuple(choice), question.search
            return other
    return question


def offers_of(question: Question, total: int) -> Iterator[Offer]:
    """What is applied in an answer with so many full hits, and what may be, in the order of the question."""
    undone = address(question.typed, literal=True)
    for one in question.applied:
        yield Offer(one.facet, one.value, one.label, one.text, True, total, undone)
    meant: dict[tuple[str, str], list[Expression]] = {}
    for one in question.expressions:
        meant.setdefault((one.facet, one.value), []).append(one)
    for alike in meant.values():
        one, search = alike[0], replace(_chosen(question, alike), page=1)
        other = asked(question.index, search)
        # A name of which a word is taken out would find what the whole name hides.
        if search.filters != question.search.filters and other.hidden >= question.hidden:
            yield Offer(one.facet, one.value, one.label, one.text, False, other.total, address(search))


def offer_notes(question: Question, total: int) -> Iterator[str]:
    """Sentences on what was applied, and on places that the collection does not hold."""
    for one in question.applied:
        yield f"”{one.text}” är läst som {_NOUNS[one.facet]}: {one.label}."
    for place, plan in () if total else question.places:
        if not question.is_held(plan):
            yield f"Inget i samlingen handlar om {place.label} eller nämner ”{place.text}”."


def _chosen(question: Question, expressions: list[Expression]) -> Search:
    """The question with filters in place of some of its expressions."""
    filters = question.search.filters
    for expression in expressions:
        filters = filters.merged(expression.filters)
    query = left_of(question.search.query, question.expressions, expressions)
    return replace(question.search, query=query, filters=filters)


def _decided(expression: Expression, question: Question) -> bool:
    """Whether a value of its facet is chosen already; a year and a period are both times."""
    filters = question.search.filters
    return bool(filters.values("kind") if expression.facet == "kind" else filters.values("year") or filters.period)
