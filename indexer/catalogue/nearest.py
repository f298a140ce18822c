"""Near misses: a word that an index lacks -> the one of its words that was most likely meant.

Weights and floors were set on the words of data/language/misspellings.tsv with an even digest: docs/relevance.md.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from math import inf, log
from typing import Any, NamedTuple

from indexer.swedish import EntryOf, is_word
from indexer.swedish.compounds import zipf
from indexer.swedish.spelling import cost, plain

COST = 8.0
"""What one wrong letter weighs against the logarithm of how many documents have a word."""
USUAL = 2.0
"""What the Zipf value of a word weighs: what Swedes write often they also misspell often."""
OTHER_END = 0.3
"""Added where the last letters differ: endings are seldom misspelt."""
UNLIKE = 0.225
"""Cost a letter, of the longer word, above which a word is not taken for another."""
FARTHEST = 2.5
"""The same of any word."""
LEAST_COST = 0.3
"""Of any two different words."""
COMPARED = 1_000
"""Words two edits away that one is compared with at the most, those that most documents have; some 20 ms."""
SHORTEST_FAR = 4
"""Letters of a word above which words two edits away are considered."""
LEAST_INFLECTED = 9
"""Letters of a word that may be another form of one: of a short word too little is left without its ending."""
_LETTERS = "abcdefghijklmnopqrstuvwxyzåäöéü0123456789"
LAST = "\U0010ffff"
LISTED = "(SELECT value FROM json_each(?))"
"""One statement for lists of any length: SQLite keeps each different one, with the values it was last asked with."""

Rows = Callable[[str, Sequence[object]], list[tuple[Any, ...]]]
"""A question in SQL and its values -> what the catalogue has."""


class Near(NamedTuple):
    """A word of the index that is like another one."""

    form: str
    documents: int
    """That have it otherwise than to tell how to reach somebody."""
    cost: float
    """How unlike: `spelling.cost`, and more where the words end otherwise."""


def nearest(form: str, rows: Rows, entry: EntryOf) -> Near | None:
    """The form that a word was most likely meant to be; None where none is like it.

    One edit away, also when its dots were left out, or two edits away with the same first letter; else of a term one edit away.
    """
    if not is_word(form):
        return None
    edited = f"SELECT form, outside_contacts FROM words WHERE outside_contacts > 0 AND (form IN {LISTED} OR plain IN {LISTED})"  # noqa: S608
    found = set(rows(edited, (edits := one_edit(form), edits)))
    if len(form) > SHORTEST_FAR:
        like = "SELECT form, outside_contacts FROM words WHERE form >= ? AND form < ? AND outside_contacts > 0 AND length(form) BETWEEN ? AND ?"
        bounds = (form[0], form[0] + LAST, len(form) - 2, len(form) + 2)
        # Words two edits apart share most letters: a quick look before the slow one.
        far = [row for row in rows(like, bounds) if len(set(form) ^ set(row[0])) <= 4]
        found |= set(sorted(far, key=lambda row: (-row[1], row[0]))[:COMPARED])
    near = _likeliest(form, ((other, other, often) for other, often in found if other != form and _is_form(other)))
    if near or len(form) < LEAST_INFLECTED:
        return near
    return _likeliest(term := entry(form).term, _near_terms(term, form, rows))


def _near_terms(term: str, form: str, rows: Rows) -> list[tuple[str, str, int]]:
    """Terms that are one letter away, each with its form that is as long as one."""
    near = f"SELECT term, form, outside_contacts FROM words WHERE outside_contacts > 0 AND term IN {LISTED}"  # noqa: S608
    forms = rows(near, (one_edit(term),))
    likest = sorted(forms, key=lambda row: (abs(len(row[1]) - len(form)), -row[2], row[1]), reverse=True)
    return list({row[0]: row for row in likest if row[0] != term and _is_form(row[1])}.values())


def _is_form(word: str) -> bool:
    """Whether it is one, and no term in capitals, nor one that only begins words."""
    return word.isalnum() and word == word.lower()


def _likeliest(typed: str, others: Iterable[tuple[str, str, int]]) -> Near | None:
    """Of some words, each with the form that is shown for it and its documents."""
    best: tuple[float, Near] | None = None
    usual = ((log(often) + USUAL * zipf(form), word, form, often) for word, form, often in others)
    for likely, word, form, often in sorted(usual, reverse=True):
        if best and likely - COST * LEAST_COST < best[0]:
            break  # no less usual word is likelier, however near
        most = min(FARTHEST, UNLIKE * max(len(typed), len(word)))
        if (distance := _cost(typed, word, most)) < inf:
            way = (likely - COST * distance, Near(form, often, distance))
            best = max(best, way) if best else way
    return best[1] if best else None


def _cost(typed: str, word: str, most: float) -> float:
    """Of what is typed for a word; a genitive is another form of a name that no list has."""
    if typed == word + "s":
        return LEAST_COST
    same_end = {*plain(typed[-2:])} == {*plain(word[-2:])} or plain(typed[-1]) == plain(word[-1])
    ending = 0 if same_end else OTHER_END
    return cost(typed, word, most - ending) + ending


def one_edit(form: str) -> str:
    """The JSON list of what is one letter away from a form; of what is too long to be a word, nothing."""
    return json.dumps(list(set(_edited(form)) if is_word(form) else ()))


def _edited(form: str) -> Iterator[str]:
    for index in range(len(form) + 1):
        before, after = form[:index], form[index:]
        yield from (before + letter + after for letter in _LETTERS)
        if after:
            yield before + after[1:]
            yield from (before + letter + after[1:] for letter in _LETTERS)
        if len(after) > 1:
            yield before + after[1] + after[0] + after[2:]
