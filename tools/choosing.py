"""Form -> the one lexeme that it belongs to, where several have it. What each rule is for stands in docs/words.md."""

from __future__ import annotations

from math import fsum, inf
from os.path import commonprefix

from tools.hunspell import ADJECTIVE, NOUN
from tools.lexemes import APART, CLOSED, VOWELS, Lexemes

RIVAL = 100
"""So many times as frequent another lexeme must be to take a form from the word whose base form it is (skrev: a hole, skriva)."""
RARE = 1_000
"""That again where it is only a genitive or an imperative of the other (majs: maj; drag: draga)."""
UNSEEN = 1e-8
"""Frequency of a word that wordfreq lacks, at most."""
PASSIVE = 2
"""So many times as frequent a noun may be as a verb for a form in -s to be its passive (ställs) and no genitive (vägs)."""
PAST = 10
"""That many times, to have a past tense that is a noun too (drog, svek)."""
PLURAL_OF = 2
"""And a noun, to have a plural that is a form of a strong verb too (brister)."""
BETTER = 10
"""So many times as frequent a second reading of a base form may be: lager is not of lag."""
CORRECTED = (
    {word: word for word in ("bet", "bot", "las", "sam", "summit")}
    | {
        "fäder": "fader",
        "ses": "se",
        "läns": "län",
        "stan": "stad",
        "hamnar": "hamn",
        "vindar": "vind",
        "vindarna": "vind",
        "förste": "första",
    }
    | {base + ending: word for base, word in (("ögon", "öga"), ("öron", "öra")) for ending in ("", "s", "en", "ens")}
)
"""Forms that the rules get wrong, and their lexemes."""


def assigned(lexemes: Lexemes) -> dict[str, str]:
    """Form -> the one lexeme that it belongs to."""
    owners = lexemes.owners
    for lexeme in sorted(lexemes.forms):
        for form in lexemes.forms[lexeme]:
            owners[form].append(lexeme)
    chosen = {form: _chosen(form, owners, lexemes) for form in owners if form not in CLOSED}
    for form, lexeme in list(chosen.items()):
        deponent = lexemes.lemma(form) or ""
        if deponent.endswith("as") and lexemes.lemma(deponent) == deponent and lexeme == deponent[:-1]:
            chosen[form] = deponent  # hoppas, hoppades: no passives of hoppa
            continue
        plural = form.removesuffix("s").removesuffix("na")
        if form.removesuffix("s").endswith("erna") and chosen.get(plural) == plural:
            chosen[form] = plural  # politikerna, of politiker
            continue
        before = chosen.get(form[:-1], lexeme)
        if before == lexeme or not form.endswith("s") or form in lexemes.bases[lexeme] or lexemes.is_verb(before):
            continue
        verb = lexemes.is_verb(lexeme)
        needed = PASSIVE if lexemes.lemma(form) == lexeme else 1
        if verb and needed * _use(lexeme, form, owners, lexemes) > _use(before, form, owners, lexemes):
            continue
        if form in lexemes.forms[before] or not verb and form[:-1] in lexemes.forms[lexeme]:
            chosen[form] = before  # a genitive goes with its nominative
    return chosen | CORRECTED


def _chosen(form: str, owners: dict[str, list[str]], lexemes: Lexemes) -> str:
    """The entry of the form's own base, unless another is far more frequent; else the more frequent."""
    lemma = _lemma(form, lexemes)
    named = lexemes.root(lemma) if lemma else None
    candidates = owners[form]
    if named in lexemes.forms and named not in candidates and named not in CLOSED and named[0] == form[0]:
        candidates = [*candidates, named]
    candidates = [one for one in candidates if one not in CLOSED] or candidates
    if len(candidates) == 1:
        return candidates[0]
    rest = {one: _use(one, form, owners, lexemes) for one in candidates}
    weight = {one: use * _favour(form, one, named, candidates, lexemes) for one, use in rest.items()}
    own = form if form in candidates else next((one for one in candidates if form in lexemes.bases[one]), None)
    best = max((one for one in candidates if one != own), key=lambda one: (weight[one], one))
    if own is None or len(lexemes.forms[own]) == 1 and form + "a" != best:
        return best
    if form == best + "a" and lexemes.dictionary.is_a(best, ADJECTIVE):
        return best if rest[best] > rest[own] else own  # fasta: more often of fast than a fast
    return best if weight[best] > _needed(form, own, best, lexemes) * max(rest[own], UNSEEN) else own


def _lemma(form: str, lexemes: Lexemes) -> str | None:
    """What simplemma has for a form, where it is to be believed."""
    lemma = lexemes.lemma(form) if len(form) > 2 else None
    if form.endswith("nde") and (lexemes.is_verbal_noun(form) or form in APART):
        return None
    if lemma and lemma.endswith("are") and form.endswith(("ar", "ars")):
        return None  # spelar is no form of spelare
    return lemma


def _needed(form: str, own: str, best: str, lexemes: Lexemes) -> int:
    """So many times as frequent as the word whose base a form is another must be to have it."""
    is_a = lexemes.dictionary.is_a
    needed = RIVAL if own == form else PLURAL_OF
    participle = form.endswith("nde") and not is_a(own, NOUN)
    if (_is_past(form, best) or participle) and lexemes.is_verb(best):
        return PAST
    if _is_definite(form, best, lexemes) and not is_a(own, NOUN):
        return 1
    if form + "a" == best or form.endswith("s") and (form[:-1] in lexemes.forms[best] or form[:-1] + "a" == best):
        return RIVAL * RARE
    return needed * 3 if form.endswith("d") and is_a(own, NOUN) else needed  # följd is not of följa


def _favour(form: str, lexeme: str, named: str | None, candidates: list[str], lexemes: Lexemes) -> float:
    """simplemma's lemma counts twice, and the article of a noun (innehållet) is more usual than the same participle."""
    definite = lexemes.is_verb(lexeme) and any(_is_definite(form, one, lexemes) for one in candidates)
    return (2 if lexeme == named else 1) / (PAST if definite else 1)


def _is_definite(form: str, lexeme: str, lexemes: Lexemes) -> bool:
    return form.removesuffix("s") in (lexeme + "en", lexeme + "et") and lexemes.dictionary.is_a(lexeme, NOUN)


def _is_past(form: str, verb: str) -> bool:
    """Whether the vowel tells a form from its infinitive: drog, dra."""
    at = len(commonprefix([form, verb]))
    return 0 < at < len(verb) - 1 and form[at : at + 1] in VOWELS and verb[at] in VOWELS


def _use(lexeme: str, form: str, owners: dict[str, list[str]], lexemes: Lexemes) -> float:
    """How frequent the other forms of a lexeme are; what several have is shared out, but an imperative (lös) has none of it."""
    shares = []
    for other in lexemes.forms[lexeme] - {form}:
        sharers = [one for one in owners.get(other, ()) if one != other + "a"] or [lexeme]
        shares.append(lexemes.frequency.get(other, 0.0) / len(sharers) if lexeme in sharers else 0.0)
    return fsum(shares)


def other_readings(chosen: dict[str, str], lexemes: Lexemes) -> dict[str, list[str]]:
    """Form -> further lexemes that it may be of: not all too rare beside the one that it counts as, nor its base's betters."""
    found = {}
    for form, lexeme in chosen.items():
        verb = lexemes.root(form[:-3]) if form.endswith("nde") else None
        named = lexemes.lemma(form) or ""
        others = {
            *lexemes.owners.get(form, ()),
            *filter(None, (verb, lexemes.root(named) if named[:1] == form[0] else None)),
        }
        others = {one for one in others - {lexeme} - CLOSED if one in lexemes.forms}
        if not others or form in CLOSED or form not in lexemes.frequency:
            continue
        least = max(_use(lexeme, form, lexemes.owners, lexemes), UNSEEN)
        uses = {one: _use(one, form, lexemes.owners, lexemes) for one in others}
        most = inf if form not in lexemes.bases[lexeme] else BETTER * least
        found[form] = sorted(one for one, use in uses.items() if one == verb or least / RIVAL <= use <= most)
    return {form: others for form, others in found.items() if others}
