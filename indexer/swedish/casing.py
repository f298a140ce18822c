"""Words that a capital letter tells apart: IT from it, LAS from läsas, Mark the place from mark. Each is a term as it is written.

A name is told by its capital; where the word is the more usual (`*` in names_by_case.txt) only within a sentence, before "kommun" or
alone. An abbreviation has two to four letters, one of them a capital after the first; it is told apart where in small letters it is
another word, and not between words in capitals.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import compress
from operator import ne

from indexer.swedish.lexemes import CLOSED_CLASS, REMEMBERED, word_list
from indexer.swedish.tokens import spans_of

SHORTEST, LONGEST = 2, 4
"""Letters of an abbreviation that a word may be taken for; a longer word in capitals is a word (HÄLSA)."""
_OTHERS = frozenset(("FOI",))
"""Abbreviations that in small letters are another one: FoI."""
_NAMES = {name.rstrip("*").capitalize() for name in word_list("names_by_case")}
_USUAL_WORDS = {name.rstrip("*").capitalize() for name in word_list("names_by_case") if name.endswith("*")}
_NAMED = {form: name for name in _NAMES for form in (name, name.removesuffix("s") + "s")}
"""Name or its genitive -> name."""
_PLACE = frozenset(("kommun", "kommuns", "stad", "tätort"))
"""What follows a name."""
_WITHIN = re.compile(r"[\w,;)] $")
"""Ends what stands before a word within a sentence."""


def variants_of(form: str) -> tuple[str, ...]:
    """The terms that a word typed in small letters may also mean, where an index has them.

    >>> variants_of("sol"), variants_of("mark"), variants_of("ekonomi")
    (('SOL', 'SoL'), ('MARK', 'Mark'), ())
    """
    may_be_short = SHORTEST <= len(form) <= LONGEST and form.isalpha() and form not in CLOSED_CLASS
    of_two_words = [form[0].upper() + form[1] + form[2].upper()] if len(form) == 3 else []
    short = [form.upper(), *of_two_words] if may_be_short else []
    return (*short, *filter(None, [_NAMED.get(form.capitalize())]))


def cased(normalised: str, tokens: Sequence[str], lowered: Sequence[str], alone: bool = True) -> dict[int, str]:
    """Place -> term of those tokens of a text, given in small letters too, whose capitals tell them apart.

    A text of one word that stands alone is no sentence that its capital may only begin.
    """
    special = set(filter(is_special, set(compress(tokens, map(ne, tokens, lowered)))))
    if not special:
        return {}
    places = [place for place, token in enumerate(tokens) if token in special]
    names = {place: _NAMED[tokens[place]] for place in places if tokens[place] in _NAMED}
    terms = {place: tokens[place] for place in places if place not in names and not _among_capitals(tokens, place)}
    unsure = {at for at, name in names.items() if name in _USUAL_WORDS and _PLACE.isdisjoint(tokens[at + 1 : at + 2])}
    if unsure and not (alone and len(tokens) == 1):
        starts = [start for start, _ in spans_of(normalised)]
        within = {place for place in unsure if _WITHIN.search(normalised, max(starts[place] - 2, 0), starts[place])}
        names = {place: name for place, name in names.items() if place not in unsure or place in within}
    return terms | names


@lru_cache(REMEMBERED)
def is_special(token: str) -> bool:
    """Whether capitals may tell a word apart, by what stands beside it."""
    form = token.lower()
    short = SHORTEST <= len(token) <= LONGEST and token[1:] != form[1:] and token.isalpha() and form not in CLOSED_CLASS
    return token in _NAMED or (short and (token in _OTHERS or form in word_list("short_words")))


def _among_capitals(tokens: Sequence[str], place: int) -> bool:
    """Whether a word beside it is written in capitals as headings are, not as abbreviations."""
    beside = (*tokens[max(place - 1, 0) : place], *tokens[place + 1 : place + 2])
    return any(near.isupper() and len(near) > 1 and (len(near) > 6 or near.lower() in CLOSED_CLASS) for near in beside)
