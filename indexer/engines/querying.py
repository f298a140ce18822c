"""A plan as OpenSearch asks for it, and ids and values as it keeps them."""

from collections.abc import Iterable, Sequence
from typing import Any

from indexer.fields import BORDER, digest_of
from indexer.planning import nodes

GAPS = "gaps"
"""The analyser that leaves a border out, but for its place: it stands where a phrase has a gap."""
_K1 = 2.2
"""Lucene's BM25 leaves out the factor k1 + 1."""
_LONGEST = 8_000
"""Characters of a value: one of more than 32,766 bytes would cost the document."""
Asked = dict[str, Any]


def key(id: str) -> str:
    """An id as the cluster has it, whose own are short."""
    return digest_of(kept(id))


def kept(value: str) -> str:
    """A value as it is kept: of one that is too long the beginning and a digest."""
    return value if len(value) <= _LONGEST else f"{value[: _LONGEST - 100]}…{digest_of(value)}"


def compiled(plan: nodes.Plan) -> Asked:
    """The query that finds what a plan does, with its scores."""
    match plan:
        case nodes.Term(field, text, weight):
            return {"term": {field: {"value": text, "boost": weight * _K1}}}
        case nodes.PhraseAt(field, terms, score, slop):
            return _constant(_near(field, terms, slop) if slop else _phrase(field, terms), score)
        case nodes.AllOf(required, bonus, forbidden) if required:
            must = [*map(compiled, required)]
            return {"bool": {"must": must, "should": _choices(bonus), "must_not": _choices(forbidden)}}
        case nodes.AnyOf(parts) if parts:
            return {"bool": {"should": _choices(parts)}}
        case nodes.MaxOf(parts) if parts:
            return {"dis_max": {"queries": _choices(parts)}}
        case nodes.Everything():
            return _constant({"match_all": {}})
        case nodes.Value():
            return _valued(plan.facet, [plan.value])
        case nodes.Range(field, first, last):
            return _constant({"range": {field: {"gte": first, "lte": last}}})
    return {"match_none": {}}


def _choices(parts: Iterable[nodes.Plan]) -> list[Asked]:
    """The parts of a choice, with the values of a field as one, since clauses are few."""
    values: dict[str, list[str]] = {}
    for part in parts:
        if isinstance(part, nodes.Value):
            values.setdefault(part.facet, []).append(part.value)
    others = [compiled(part) for part in parts if not isinstance(part, nodes.Value)]
    return others + [_valued(facet, some) for facet, some in values.items()]


def _valued(facet: str, values: Sequence[str]) -> Asked:
    ids = {"ids": {"values": [*map(key, values)]}}
    return _constant(ids if facet == "id" else {"terms": {facet: [*map(kept, values)]}})


def _constant(query: Asked, score: float = 0.0) -> Asked:
    return {"constant_score": {"filter": query, "boost": score}}


def _phrase(field: str, terms: Sequence[tuple[int, str]]) -> Asked:
    held = dict(terms)
    row = " ".join(held.get(place, BORDER) for place in range(terms[-1][0] + 1))
    return {"match_phrase": {field: {"query": row, "analyzer": GAPS}}}


def _near(field: str, terms: Sequence[tuple[int, str]], slop: int) -> Asked:
    both = [{"span_term": {field: text}} for _, text in terms]
    return {"span_near": {"clauses": both, "slop": slop - 1, "in_order": False}}
