"""Term -> the words that Swedish derives of it, or it of: utveckla, utveckling, utvecklare. An index tells which of them there are.

A rule is how long a stem must be, and the endings that words of one stem take; `-` is none. The shorter a stem is, the likelier are two
words of it strangers (land, landa; bil, billig). No rule has -ig beside no ending: kraft, kraftig; stad, stadig.
"""

from indexer.swedish.lists import word_list

INSIDE = "-"
"""Ends the key of a name that begins a longer word: stockholm- of Stockholmsregionen."""

_RULES = """
    4 a ning ing ande are else an nad eri arskap
    5 - a
    4 - are
    6 - ande
    4 - ja
    5 e a are ande ning
    4 el la ling lare
    5 a bar
    4 era ering erande ation ativ ator atör ans antör ens ent
    3 - het
    4 - lig lighet
    4 a lig
    3 are arskap
    5 - skap
    3 i isk ik iker ist istisk istik ism isera isering
    5 - i isk sk
    6 - isera isering
    5 - al ell iell
"""
_STRANGERS = "författning förordning generation gärning klassisk myndig märklig naturlig partiell partisk personal skicklig statisk stycke styrelse ställe verklig verksam"
"""Words that look like derivations of others, and have a meaning of their own."""

_OWN = tuple(word + more for word in _STRANGERS.split() for more in ("", "het"))
_CLOSED = word_list("closed_class")
_ENDINGS = tuple(
    (int(least), tuple("" if ending == "-" else ending for ending in endings))
    for least, *endings in map(str.split, _RULES.strip().splitlines())
)


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
