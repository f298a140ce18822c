"""How likely one word is another, misspelt: an edit distance (Damerau's, neighbours swapped) with Swedish costs.

Costs were set on data/language/misspellings.tsv: dots, doubled letters and vowels that sound alike are cheap.
"""

import unicodedata
from functools import lru_cache
from itertools import accumulate
from math import inf

DOTS, ALIKE, DOUBLED, SILENT, SWAPPED, VOWELS = 0.3, 0.4, 0.3, 0.9, 0.6, 0.9
"""Cost of: missing dots; letters that sound alike; a doubled letter; one often not heard; two swapped; another vowel."""

_SOUNDS = {frozenset(pair) for pair in ("eä", "oå", "uo", "yu", "öu", "iy", "ei", "åä", "äö", "ae", "yö")}
_NEAR = {frozenset(pair) for pair in ("kc", "sc", "sz", "vw", "gj", "kq", "dt", "bp", "gk", "fv", "nm")}


def plain(form: str) -> str:
    """A form without dots and accents.

    >>> plain("örebro")
    'orebro'
    """
    return "".join(letter for letter in unicodedata.normalize("NFD", form) if not unicodedata.combining(letter))


def cost(typed: str, word: str, most: float = inf) -> float:
    """How much a typed word differs from a word; 0 is equal, 1 about one wrong letter; infinite where it is above `most`.

    >>> cost("orebro", "örebro"), cost("tilväxt", "tillväxt")
    (0.3, 0.3)
    """
    extras = [_one_sided(word, at) for at in range(len(word))]
    before: list[float] = []
    last = [0.0, *accumulate(extras)]
    for row, letter in enumerate(typed):
        extra = _one_sided(typed, row)
        current = [last[0] + extra]
        for column, wanted in enumerate(word):
            least = min(last[column + 1] + extra, current[-1] + extras[column], last[column] + _other(letter, wanted))
            if row and column and letter == word[column - 1] and typed[row - 1] == wanted:
                least = min(least, before[column - 1] + SWAPPED)
            current.append(least)
        before, last = last, current
        if min(last) > most < min(before):  # what is swapped goes back two rows
            return inf
    return last[-1] if last[-1] <= most else inf


@lru_cache(4_096)  # pairs of letters; of all signs of Unicode there are without end
def _other(letter: str, wanted: str) -> float:
    """Of one letter for another."""
    pair = frozenset((letter, wanted))
    if len(pair) == 1:
        return 0.0
    if plain(letter) == plain(wanted):
        return DOTS
    return ALIKE if pair in _SOUNDS else 0.7 if pair in _NEAR else VOWELS if pair.issubset("aeiouyåäö") else 1.0


def _one_sided(word: str, at: int) -> float:
    """Of a letter that only one of the two has."""
    letter = word[at]
    beside = word[at - 1 : at] or "", word[at + 1 : at + 2]
    return DOUBLED if letter in beside else SILENT if letter in "hdgjtr" else 1.0
