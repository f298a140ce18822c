"""The truth of matching: a plan evaluated over documents one by one, with nothing but where their words stand."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import product

from indexer.fields import Record
from indexer.planning.nodes import (
    AllOf,
    AnyOf,
    Everything,
    MaxOf,
    PhraseAt,
    Plan,
    Range,
    Term,
    Value,
)


@dataclass(frozen=True)
class Truth:
    """One record, and the positions of each word in each field."""

    record: Record

    @cached_property
    def places(self) -> dict[str, dict[str, set[int]]]:
        found: dict[str, dict[str, set[int]]] = {field: {} for field in self.record.words}
        for field, words in self.record.words.items():
            for place, word in enumerate(words.split()):
                found[field].setdefault(word, set()).add(place)
        return found

    def matches(self, plan: Plan) -> bool:
        """Whether the record matches a plan."""
        match plan:
            case Term(field, text):
                return text in self.places[field]
            case PhraseAt(field, ((_, first), (_, second)), _, slop) if slop:
                places = self.places[field].get(first, set()), self.places[field].get(second, set())
                return any(abs(one - other) <= slop for one, other in product(*places))
            case PhraseAt(field, terms):
                starts = [{place - offset for place in self.places[field].get(text, ())} for offset, text in terms]
                return bool(set.intersection(*starts))
            case AllOf(required, _, forbidden):
                kept = bool(required) and all(map(self.matches, required))
                return kept and not any(map(self.matches, forbidden))
            case AnyOf(parts) | MaxOf(parts):
                return any(map(self.matches, parts))
            case Everything():
                return True
            case Value("id", id):
                return id == self.record.id
            case Value(facet, value):
                return value in self.record.values[facet]
            case Range(field, first, last):
                return first <= self.record.numbers[field] <= last
