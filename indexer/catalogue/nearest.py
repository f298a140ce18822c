"""Near misses: a word that an index lacks -> the one of its words that was most likely meant."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from math import inf, log
from typing import Any

from indexer.swedish import EntryOf, is_word
from indexer.swedish.spelling import cost

COST = 6.0
"""What one wrong letter weighs against the logarithm of how many documents have a word; set with swedish.spelling."""
OTHER_END = 0.3
"""Added where the last letters differ: endings are seldom misspelt."""
FARTHEST = 2.5
"""Cost above which a word is not taken for another."""
LEAST_COST = 0.3
"""Of any two different words."""
COMPARED = 1_000
"""Words that one is compared with at the most, those that most documents have; some 20 ms."""
SHORTEST_FAR = 4
"""Letters of a word above which words two edits away are considered."""
_LETTERS = "abcdefghijklmnopqrstuvwxyzåäöéü0123456789"
LAST = "\U0010ffff"
LISTED = "(SELECT value FROM json_each(?))"
"""One statement for lists of any length: SQLite keeps each different one, with the values it was last asked with."""

Rows = Callable[[str, Sequence[object]], list[tuple[Any, ...]]]
"""A question in SQL and its values -> what the catalogue has."""


def nearest(form: str, rows: Rows, entry: EntryOf) -> tuple[str, int] | None:
    """The form that a word was most likely meant to be, and in how many documents it is; None where none is near.

    One edit away, of the same letters without dots, or two edits away with the same first letter.
    """
    if not is_word(form):
        return None
    edited = f"SELECT form, outside_contacts FROM words WHERE outside_contacts > 0 AND form IN {LISTED}"  # noqa: S608
    found = set(rows(edited, (one_edit(form),)))
    found |= set(rows("SELECT form, outside_contacts FROM words WHERE outside_contacts > 0 AND plain = ?", (form,)))
    found |= set(_near_terms(entry(form).term, rows))
    if len(form) > SHORTEST_FAR:
        like = "SELECT form, outside_contacts FROM words WHERE form >= ? AND form < ? AND outside_contacts > 0 AND length(form) BETWEEN ? AND ?"
        bounds = (form[0], form[0] + LAST, len(form) - 2, len(form) + 2)
        found |= {(other, often) for other, often in rows(like, bounds) if _shares_letters(form, str(other))}
    return _nearest(form, sorted(found - {(form, often) for _, often in found}, key=lambda row: (-row[1], row[0])))


def _near_terms(term: str, rows: Rows) -> list[tuple[str, int]]:
    """Of each term that is one letter away, the form that is nearest to it."""
    near = (
        f"SELECT term, form, outside_contacts FROM words WHERE outside_contacts > 0 AND term IN {LISTED} ORDER BY form"  # noqa: S608
    )
    forms: dict[str, tuple[str, int]] = {}
    for found, form, documents in rows(near, (one_edit(term),)):
        if found not in forms or abs(len(form) - len(found)) < abs(len(forms[found][0]) - len(found)):
            forms[found] = (form, documents)
    return list(forms.values())


def _nearest(form: str, others: Sequence[tuple[str, int]]) -> tuple[str, int] | None:
    """The likeliest of some words with their documents, most frequent first."""
    best: tuple[float, str, int] | None = None
    for other, often in others[:COMPARED]:
        if best and log(often) - COST * LEAST_COST < best[0]:
            break  # no rarer word is likelier, however near
        distance = _cost(form, other, FARTHEST)
        if distance == inf and _shares_beginning(form, other):
            distance = _cost(form, other)
        if distance < inf:
            way = (log(often) - COST * distance, other, often)
            best = max(best, way) if best else way
    return (best[1], best[2]) if best else None


def _shares_letters(one: str, other: str) -> bool:
    """Whether two words can be two edits apart: a quick look before the slow one."""
    return len(set(one) ^ set(other)) <= 4


def _shares_beginning(one: str, other: str) -> bool:
    """Whether a misspelt word and another form of the right one differ by little besides their endings."""
    if min(len(one), len(other)) < 8 or abs(len(one) - len(other)) > 3:
        return False
    return any(cost(one, other[: len(one) + more], 1.3) < inf for more in (-1, 0, 1))


def _cost(typed: str, word: str, most: float = inf) -> float:
    ending = OTHER_END if typed[-2:] != word[-2:] and typed[-1] != word[-1] else 0
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
