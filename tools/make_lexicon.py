"""Writes indexer/swedish/data/lexicon.txt and short_words.txt: which form belongs to which lexeme. Run once; the output is committed.

    python -m tools.make_lexicon HUNSPELL_FOLDER GAZETTEER_FOLDER

From the Swedish Hunspell dictionary (LGPL 3), names (SCB, CC0; tools/more_names.txt), simplemma's table and wordfreq.
What each rule is for stands in docs/words.md.
"""

from __future__ import annotations

import csv
import sys
from collections import defaultdict
from collections.abc import Iterator
from math import fsum, inf
from os.path import commonprefix
from pathlib import Path

from simplemma.strategies import DEFAULT_DICTIONARY_FACTORY
from wordfreq import get_frequency_dict, top_n_list

from indexer.swedish.compounds import LEAST_NAME
from indexer.swedish.lists import word_list
from tools.hunspell import ADJECTIVE, NOUN, VERB, Dictionary, read_dictionary

DATA = Path(__file__).parents[1] / "indexer" / "swedish" / "data"
CLOSED = word_list("closed_class")
BY_CASE = frozenset(name.rstrip("*") for name in word_list("names_by_case"))
RIVAL = 100
"""So many times as frequent another lexeme must be to take a form from the word whose base form it is (skrev: a hole, skriva)."""
RARE = 1_000
"""That again where it is only a genitive or an imperative of the other (majs: maj; drag: draga)."""
UNSEEN = 1e-8
"""Frequency of a word that wordfreq lacks, at most."""
VOWELS = frozenset("aeiouyåäö")
SHORT = range(2, 5)
"""Letters of an abbreviation."""
ENGLISH = 100
"""English words that are no abbreviations in small letters: it, us, who."""
UNINFLECTED = frozenset("AYXUjkb.36")
"""Flags of entries that have at most a genitive: strong forms stand so."""
PLURAL = frozenset("AJFYXU")
"""Flags of plurals that stand alone: böcker, männen."""
APART = frozenset(
    ("vuxen", "företagande", "sena", "bättre", "särskild", "känd")
    + ("andas", "lyckas", "minnas", "svettas")
)
"""Participles that have become words of their own, and deponents: no passives of anda, hoppa, lycka."""
IRREGULAR = {
    **{"små": "liten", "längre": "lång", "längst": "lång", "trivs": "trivas"},
    **{"bäst": "bättre", "minsta": "minst", "gjord": "göra"},
    **{"given": "ge", "tagen": "ta", "dragen": "dra", "slagen": "slå", "driven": "driva"},
}
"""Entries that stand alone, and their lexemes."""
COMPARED = ("re", "st", "sta")
VARIANTS = (("draga", "dra"), ("taga", "ta"), ("giva", "ge"), ("stöda", "stödja"))
"""Ends of older infinitives, and of those in use."""
PASSIVE = 2
"""So many times as frequent a noun may be as a verb for a form in -s to be its passive (ställs) and no genitive (vägs)."""
BETTER = 10
"""So many times as frequent a second reading of a base form may be: lager is not of lag."""
VERBAL = 0.25
"""So frequent beside a word in -ande its forms as a noun must be for it not to be a form of the verb."""
PAST = 10
"""That many times, to have a past tense that is a noun too (drog, svek)."""
PLURAL_OF = 2
"""And a noun, to have a plural that is a form of a strong verb too (brister)."""
MISTAKEN = {"bättre": "bättre", "bäst": "bättre", "bästa": "bättre", "vann": "vinna", "vuxna": "vuxen", "vuxnas": "vuxen", "upphov": "upphov", "skred": "skred", "tag": "tag"}
"""Forms that simplemma's table gets wrong, and their lemmas."""
CORRECTED = {word: word for word in ("bet", "bot", "las", "sam", "summit")} | {"fäder": "fader", "ses": "se", "läns": "län", "stan": "stad", "vindar": "vind", "vindarna": "vind", "förste": "första"} | {
    base + ending: word for base, word in (("ögon", "öga"), ("öron", "öra")) for ending in ("", "s", "en", "ens")
}
"""Forms that the rules get wrong, and their lexemes."""


class Lexemes:
    """Lexemes under construction: base form -> forms, and form -> the lexemes that have it."""

    def __init__(self, dictionary: Dictionary) -> None:
        self.dictionary = dictionary
        self.frequency: dict[str, float] = get_frequency_dict("sv")
        self._lemmas = DEFAULT_DICTIONARY_FACTORY.get_dictionary("sv")
        self._joined: dict[str, str] = {}
        self.forms: dict[str, set[str]] = defaultdict(set)
        self.bases: dict[str, set[str]] = defaultdict(set)
        self.owners: dict[str, list[str]] = defaultdict(list)
        """Of each form, the lexemes that have it."""
        self._infinitives = self._lacking()
        words = sorted(word for word in dictionary.forms if word.islower())
        self._pasts: dict[str, list[str]] = defaultdict(list)
        for word in words:
            for form in dictionary.forms[word]:
                if form.endswith(("de", "te")):
                    self._pasts[form].append(word)
        for word in words:
            if target := self._target(word):
                self._joined[word] = target
        for word in words:
            self.add(self.root(word), word, dictionary.forms[word])

    def add(self, lexeme: str, base: str, forms: set[str]) -> None:
        """Give a lexeme the forms of one of its bases."""
        self.forms[lexeme] |= {form for form in forms if form.islower()}
        self.bases[lexeme].add(base)

    def root(self, word: str) -> str:
        """The lexeme that a base form was joined to."""
        seen = set()
        while word in self._joined and word not in seen:
            seen.add(word)
            word = self._joined[word]
        return word

    def lemma(self, form: str) -> str | None:
        """What simplemma's table has for a form."""
        lemma: str | None = MISTAKEN.get(form) or self._lemmas.get(form)
        return lemma.lower() if lemma else None

    def _target(self, word: str) -> str | None:
        """The lexeme that an entry is a form of: strong forms, plurals and participles stand alone in the dictionary."""
        flags, is_a = self.dictionary.flags.get(word), self.dictionary.is_a
        if word in CLOSED or word in APART or word in IRREGULAR:
            return IRREGULAR.get(word)
        if word.endswith("ndet") and flags is None:
            return word[:-1] if word[:-1] in self.dictionary.flags or self.is_verbal_noun(word[:-1]) else None
        if word.endswith("nde"):
            verb, own = word[:-3], flags is not None or self.is_verbal_noun(word)
            return verb if not own and verb in self.dictionary.forms and verb not in self._joined else None
        if older := next((word.removesuffix(old) + new for old, new in VARIANTS if word.endswith(old)), None):
            return older if older in self.dictionary.forms else None
        if word.endswith("ska") and word[:-1] in self.dictionary.forms:  # svenska, of svensk
            return word[:-1]
        if word.endswith("st") and is_a(word, ADJECTIVE) and word[:-2] + "re" in self.dictionary.flags:
            return word[:-2] + "re"  # äldst, of äldre
        if flags is not None and flags <= UNINFLECTED and word.endswith("t") and is_a(word[:-1], ADJECTIVE | {"P"}):
            return word[:-1]  # rakt, of rak
        if verb := self._past_of(word, flags):
            return verb
        lemma = self.lemma(word)
        if (
            not lemma
            or lemma == word
            or lemma not in self.dictionary.forms
            or lemma == word + "a"
            and word.endswith("sk")
        ):
            return None
        return lemma if flags is None or self._is_form(word, flags, lemma) else None

    def _is_form(self, word: str, flags: frozenset[str], lemma: str) -> bool:
        """Whether to believe simplemma that an entry is no word of its own: only where it lacks a paradigm."""
        is_a, shared = self.dictionary.is_a, len(commonprefix([word, lemma]))
        if not shared:  # yngre, of ung
            return is_a(lemma, ADJECTIVE) and word.endswith(COMPARED) and word[1:2] == lemma[1:2]
        if flags <= PLURAL and flags & {"J", "F"}:
            return not self.is_verb(lemma)
        if lemma in CLOSED:
            return False
        if self.is_verb(lemma):  # trygg is not of trygga, råda not of rå, andas not of anda
            adjective = lemma.startswith(word) and ("P" in flags or flags & ADJECTIVE and "A" not in flags)
            return not (flags & NOUN or adjective or word.startswith(lemma) and self.is_verb(word))
        if flags <= UNINFLECTED:
            return shared > 1
        return is_a(lemma, ADJECTIVE) and (
            word == lemma + "a" and not self.is_verb(word) or word.endswith(COMPARED) and bool(flags & ADJECTIVE)
        )

    def _past_of(self, word: str, flags: frozenset[str] | None) -> str | None:
        """The verb that a participle is of: one whose past tense it is with an -e (ledd, of ledde)."""
        if not word.endswith(("d", "t")) or flags is None or flags & NOUN or not flags & ADJECTIVE:
            return None
        return next((verb for verb in self._pasts.get(word + "e", ()) if self.is_verb(verb) and verb[0] == word[0]), None)

    def is_verbal_noun(self, word: str) -> bool:
        """Whether a word in -ande is more of a noun (genomförandet) than a participle (pågående)."""
        forms = (word + ending for ending in ("t", "ts", "n", "ns", "na", "nas"))
        return fsum(self.frequency.get(form, 0.0) for form in forms) > VERBAL * self.frequency.get(word, 0.0)

    def is_verb(self, word: str) -> bool:
        """Whether a base form is an infinitive."""
        known = self.dictionary.is_a(word, VERB) or word + "nde" in self.dictionary.forms
        return word in self._infinitives or known and word[-1] in VOWELS

    def _lacking(self) -> set[str]:
        """Infinitives: those of present forms that stand alone, some of which the dictionary lacks (sitta, förekomma, ta)."""
        dictionary, found = self.dictionary, set()
        for word, flags in dictionary.flags.items():
            lemma = self.lemma(word)
            alone = flags <= UNINFLECTED and lemma and word in (lemma[:-1] + "er", lemma + "r")
            if alone and lemma and lemma not in CLOSED and self.lemma(lemma) == lemma and lemma in self.frequency:
                found.add(lemma)
        for lemma in found - dictionary.flags.keys():
            dictionary.forms[lemma] |= {lemma, lemma + "s"}
        return found


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
    """The entry of the form's own base, unless another is far more frequent; else the more frequent, simplemma's counted twice."""
    lemma = lexemes.lemma(form) if len(form) > 2 else None
    if form.endswith("nde") and (lexemes.is_verbal_noun(form) or form in APART):
        lemma = None
    if lemma and lemma.endswith("are") and form.endswith(("ar", "ars")):
        lemma = None  # spelar is no form of spelare
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
    dictionary = lexemes.dictionary
    if form == best + "a" and dictionary.is_a(best, ADJECTIVE):
        return best if rest[best] > rest[own] else own  # fasta: more often of fast than a fast
    needed = RIVAL if own == form else PLURAL_OF
    participle = form.endswith("nde") and not dictionary.is_a(own, NOUN)
    if (_is_past(form, best) or participle) and lexemes.is_verb(best):
        needed = PAST
    elif _is_definite(form, best, lexemes) and not dictionary.is_a(own, NOUN):
        needed = 1
    elif form + "a" == best or form.endswith("s") and (form[:-1] in lexemes.forms[best] or form[:-1] + "a" == best):
        needed = RIVAL * RARE
    elif form.endswith("d") and dictionary.is_a(own, NOUN):
        needed *= 3  # följd: följa
    return best if weight[best] > needed * max(rest[own], UNSEEN) else own


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
        others = {*lexemes.owners.get(form, ()), *filter(None, (verb, lexemes.root(named) if named[:1] == form[0] else None))}
        others = {one for one in others - {lexeme} - CLOSED if one in lexemes.forms}
        if not others or form in CLOSED or form not in lexemes.frequency:
            continue
        least = max(_use(lexeme, form, lexemes.owners, lexemes), UNSEEN)
        uses = {one: _use(one, form, lexemes.owners, lexemes) for one in others}
        most = inf if form not in lexemes.bases[lexeme] else BETTER * least
        found[form] = sorted(one for one, use in uses.items() if one == verb or least / RIVAL <= use <= most)
    return {form: others for form, others in found.items() if others}


def add_linking(chosen: dict[str, str], lexemes: Lexemes) -> None:
    """What only stands in compounds (kvinno-, utbildnings-) is a form of the word that it comes from."""
    found: dict[str, set[str]] = defaultdict(set)
    for word, links in lexemes.dictionary.links.items():
        for form in links:
            if form.islower() and form not in chosen and form not in CLOSED:
                sources = (
                    [end for end in _unlinked(form) if end in lexemes.dictionary.forms] if form == word else [word]
                )
                found[form].update(lexemes.root(source) for source in sources[:1])
    for form, sources in found.items():
        if sources:
            chosen[form] = max(sorted(sources), key=lambda one: lexemes.frequency.get(one, 0.0))


def _unlinked(form: str) -> Iterator[str]:
    """What a form that only stands in compounds may come from, the likeliest first: låne-, kvinno-, skol-, lärar-."""
    yield form + "e"
    if form.endswith("e"):
        yield form[:-1]
    yield from (form[:-1] + "a", form[:-1] + "e", form + "a", form[:-1], form[:-1] + "um")


def names_of(folder: Path) -> set[str]:
    """The one-word names of the gazetteer and of more_names.txt, as written."""
    names = {name for line in _lines(Path(__file__).with_name("more_names.txt")) for name in line.split()}
    for table, column in (("municipalities", "kommun_name"), ("localities", "name"), ("counties", "lan_name")):
        with (folder / f"{table}.csv").open(encoding="utf-8") as lines:
            names |= {row[column].removesuffix(" län") for row in csv.DictReader(lines)}
    return {name for name in names if name.isalpha()}


def _lines(path: Path) -> Iterator[str]:
    return (line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#"))


def name_forms(names: set[str], chosen: dict[str, str], dictionary: Dictionary) -> dict[str, str]:
    """Form -> name: the places', whatever words there are; the dictionary's own where there is none."""
    forms, places = {}, {name.lower() for name in names}
    for name in sorted(word for word in dictionary.flags if word[0].isupper() and word[1:].islower()):
        inflected = {form.lower() for form in dictionary.forms.get(name, ())}
        free = name.lower() not in CLOSED | places and not any(form in chosen for form in inflected)
        if free and not _is_compound(name, chosen, dictionary, places):
            forms |= dict.fromkeys(inflected, name.lower())
    for name in sorted(places - CLOSED - BY_CASE):
        forms |= {name: name} if name.endswith(("s", "x", "z")) else {name: name, name + "s": name}
    return forms


def _is_compound(name: str, chosen: dict[str, str], dictionary: Dictionary, places: set[str]) -> bool:
    """Whether a name is put together of words that say what it is: Tillväxtverket, Finlandsfärja; not Björklund."""
    for end in range(3, len(name) - 4):
        first, rest = name[:end], name[end:]
        place = end >= LEAST_NAME and first.lower().removesuffix("s") in places
        known = len(rest) > 5 and (first.lower() in chosen or first in dictionary.flags)
        if rest in chosen and (place or known):
            return True
    return False


def write_table(chosen: dict[str, str], names: dict[str, str], readings: dict[str, list[str]]) -> None:
    """The lines of lexicon.txt: those of most words first."""
    rows: dict[str, set[str]] = defaultdict(set)
    lexemes: dict[tuple[str, str], set[str]] = defaultdict(set)
    for form, lexeme in chosen.items():
        if form not in names and form not in CLOSED:
            lexemes["", lexeme].add(form)
    for form, name in names.items():
        lexemes["*", name].add(form)
    rows["-"] = set(CLOSED)
    terms = {}
    for (mark, lexeme), members in lexemes.items():
        # The noun of varor cannot be called as the verb vara, which is a word by itself, nor one as a name is.
        term = (
            min(members, key=lambda one: (len(one), one))
            if lexeme in CLOSED or (not mark and lexeme in names)
            else lexeme
        )
        terms[mark, lexeme] = term
        stem = commonprefix([term, *sorted(members)])
        endings = [one[len(stem) :] or "-" for one in (term, *sorted(members - {term}))]
        rows[mark + ("" if term in members else "!") + " ".join(endings)].add(stem or "-")
    ordered = sorted(rows.items(), key=lambda row: (-len(row[1]), row[0]))
    text = "".join(f"{endings}\t{' '.join(sorted(stems))}\n" for endings, stems in ordered)
    further = (
        "=".join((form, *(terms["", one] for one in others if ("", one) in terms)))
        for form, others in sorted(readings.items())
        if form not in names
    )
    text += f"+\t{' '.join(line for line in further if '=' in line)}\n"
    (DATA / "lexicon.txt").write_text(text, encoding="utf-8")


def main(hunspell: Path, gazetteer: Path) -> None:
    """Make both files."""
    lexemes = Lexemes(read_dictionary(hunspell))
    chosen = assigned(lexemes)
    readings = other_readings(chosen, lexemes)
    add_linking(chosen, lexemes)
    chosen |= {form: form for form in CLOSED}
    names = name_forms(names_of(gazetteer), chosen, lexemes.dictionary)
    write_table(chosen, names, readings)
    abbreviations = {word for word, flags in lexemes.dictionary.flags.items() if "r" in flags}
    short = {form for form in {*chosen, *top_n_list("en", ENGLISH)} - abbreviations if len(form) in SHORT}
    (DATA / "short_words.txt").write_text(" ".join(sorted(short)) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
