"""Term -> the words that Swedish derives of it, or it of: utveckla, utveckling, utvecklare. An index tells which of them there are.

A rule, of those in data/derivations.txt, is how long a stem must be, and the endings that words of one stem take.
"""

from indexer.swedish.lists import word_lines, word_list

INSIDE = "-"
"""Ends the key of a name that begins a longer word: stockholm- of Stockholmsregionen."""

_OWN = tuple(word + more for word in word_list("strangers") for more in ("", "het"))
_CLOSED = word_list("closed_class")
_ENDINGS = [(int(least), [ending.strip("-") for ending in endings]) for least, *endings in word_lines("derivations")]


def derivations_of(term: str) -> frozenset[str]:
    """All that a word of the same stem may be, few of which are words at all. Function words, numbers and words in capitals have none.

    >>> sorted(derivations_of("utveckling") & {"utveckla", "utvecklare", "utvecklas", "veckla"})
    ['utveckla', 'utvecklare']
    """
    if not (term.isalpha() and _has_derivations(term)):
        return frozenset()
    found = {
        term.removesuffix(ending) + other
        for least, endings in _ENDINGS
        for ending in endings
        if term.endswith(ending) and len(term) - len(ending) >= least
        for other in endings
    }
    return frozenset(filter(_has_derivations, found - {term}))


def _has_derivations(term: str) -> bool:
    return term == term.lower() and term not in _CLOSED and not term.endswith(_OWN)
