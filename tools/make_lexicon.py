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
from os.path import commonprefix
from pathlib import Path

from simplemma.strategies import DEFAULT_DICTIONARY_FACTORY
from wordfreq import get_frequency_dict, top_n_list

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
SHORT = range(2, 5)
"""Letters of an abbreviation."""
ENGLISH = 100
"""English words that are no abbreviations in small letters: it, us, who."""
UNINFLECTED = frozenset("AYXUjkb.36")
"""Flags of entries that have at most a genitive: strong forms stand so."""
PLURAL = frozenset("AJFYXU")
"""Flags of plurals that stand alone: böcker, männen."""
CORRECTED = {"läns": "län", "stan": "stad", "vindar": "vind", "vindarna": "vind", "förste": "första"}
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
        words = sorted(word for word in dictionary.forms if word.islower())
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
        lemma: str | None = self._lemmas.get(form)
        return lemma.lower() if lemma else None

    def _target(self, word: str) -> str | None:
        """The lexeme that an entry is a form of: strong forms, plurals and participles stand alone in the dictionary."""
        flags, is_a = self.dictionary.flags.get(word), self.dictionary.is_a
        if flags is None:  # skrivande, where the dictionary has no such noun
            verb = word[:-3] if word.endswith("nde") else ""
            return verb if verb in self.dictionary.flags and verb not in self._joined else None
        if word in CLOSED or word.endswith("nde"):
            return None
        if word.endswith("ska") and word[:-1] in self.dictionary.forms:  # svenska, of svensk
            return word[:-1]
        if word.endswith("st") and is_a(word, ADJECTIVE) and word[:-2] + "re" in self.dictionary.flags:
            return word[:-2] + "re"  # äldst, of äldre
        lemma = self.lemma(word)
        if (
            not lemma
            or lemma == word
            or lemma not in self.dictionary.flags
            or lemma == word + "a"
            and word.endswith("sk")
        ):
            return None
        return lemma if self._is_form(word, flags, lemma) else None

    def _is_form(self, word: str, flags: frozenset[str], lemma: str) -> bool:
        """Whether to believe simplemma that an entry is no word of its own: only where it lacks a paradigm."""
        is_a, shared = self.dictionary.is_a, len(commonprefix([word, lemma]))
        if not shared:
            return False
        if flags <= PLURAL and flags & {"J", "F"}:
            return not is_a(lemma, VERB)
        if lemma in CLOSED:
            return False
        if flags <= UNINFLECTED:
            return shared > 1 or is_a(lemma, VERB)
        if lemma.endswith("a") and not flags & NOUN and (word.startswith(lemma[:-1]) or is_a(lemma, VERB)):
            return True
        return is_a(lemma, ADJECTIVE) and (word == lemma + "a" or word.endswith("st") and bool(flags & ADJECTIVE))


def assigned(lexemes: Lexemes) -> dict[str, str]:
    """Form -> the one lexeme that it belongs to."""
    owners: dict[str, list[str]] = defaultdict(list)
    for lexeme in sorted(lexemes.forms):
        for form in lexemes.forms[lexeme]:
            owners[form].append(lexeme)
    chosen = {form: _chosen(form, owners, lexemes) for form in owners if form not in CLOSED}
    for form, lexeme in list(chosen.items()):
        before = chosen.get(form[:-1], lexeme)
        if form.endswith("s") and form not in lexemes.bases[lexeme] and form in lexemes.forms[before]:
            chosen[form] = before  # a genitive goes with its nominative
    return chosen | CORRECTED


def _chosen(form: str, owners: dict[str, list[str]], lexemes: Lexemes) -> str:
    """The entry of the form's own base, unless another is far more frequent; else the more frequent, simplemma's counted twice."""
    lemma = lexemes.lemma(form) if len(form) > 2 else None
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
    weight = {one: use * (2 if one == named else 1) for one, use in rest.items()}
    own = form if form in candidates else next((one for one in candidates if form in lexemes.bases[one]), None)
    best = max((one for one in candidates if one != own), key=lambda one: (weight[one], one))
    if own is None or len(lexemes.forms[own]) == 1:
        return best
    needed = RIVAL
    if form == best + "a" and lexemes.dictionary.is_a(best, ADJECTIVE):
        needed = 1  # fasta: more often of fast than a fast
    elif form + "a" == best or form.endswith("s") and form[:-1] in lexemes.forms[best]:
        needed = RIVAL * RARE
    return best if weight[best] > needed * max(rest[own], UNSEEN) else own


def _use(lexeme: str, form: str, owners: dict[str, list[str]], lexemes: Lexemes) -> float:
    """How frequent the other forms of a lexeme are; what several have is shared out."""
    others = (other for other in lexemes.forms[lexeme] if other != form)
    return sum(lexemes.frequency.get(other, 0.0) / max(len(owners.get(other, ())), 1) for other in others)


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
    forms = {}
    for name in sorted(word for word in dictionary.flags if word[0].isupper() and word[1:].islower()):
        inflected = {form.lower() for form in dictionary.forms.get(name, ())}
        free = name.lower() not in CLOSED and not any(form in chosen for form in inflected)
        if free and not _is_compound(name, chosen, dictionary):
            forms |= dict.fromkeys(inflected, name.lower())
    for name in sorted({name.lower() for name in names} - CLOSED - BY_CASE):
        forms |= {name: name} if name.endswith(("s", "x", "z")) else {name: name, name + "s": name}
    return forms


def _is_compound(name: str, chosen: dict[str, str], dictionary: Dictionary) -> bool:
    """Whether a name is put together of words that say what it is: Tillväxtverket, Suezkanalen; not Björklund."""
    for end in range(3, len(name) - 5):
        first = name[:end]
        if name[end:] in chosen and (first.lower() in chosen or first in dictionary.flags):
            return True
    return False


def write_table(chosen: dict[str, str], names: dict[str, str]) -> None:
    """The lines of lexicon.txt: those of most words first."""
    rows: dict[str, set[str]] = defaultdict(set)
    lexemes: dict[tuple[str, str], set[str]] = defaultdict(set)
    for form, lexeme in chosen.items():
        if form not in names and form not in CLOSED:
            lexemes["", lexeme].add(form)
    for form, name in names.items():
        lexemes["*", name].add(form)
    rows["-"] = set(CLOSED)
    for (mark, lexeme), members in lexemes.items():
        # The noun of varor cannot be called as the verb vara, which is a word by itself, nor one as a name is.
        term = (
            min(members, key=lambda one: (len(one), one))
            if lexeme in CLOSED or (not mark and lexeme in names)
            else lexeme
        )
        stem = commonprefix([term, *sorted(members)])
        endings = [one[len(stem) :] or "-" for one in (term, *sorted(members - {term}))]
        rows[mark + ("" if term in members else "!") + " ".join(endings)].add(stem or "-")
    ordered = sorted(rows.items(), key=lambda row: (-len(row[1]), row[0]))
    text = "".join(f"{endings}\t{' '.join(sorted(stems))}\n" for endings, stems in ordered)
    (DATA / "lexicon.txt").write_text(text, encoding="utf-8")


def main(hunspell: Path, gazetteer: Path) -> None:
    """Make both files."""
    lexemes = Lexemes(read_dictionary(hunspell))
    chosen = assigned(lexemes)
    add_linking(chosen, lexemes)
    chosen |= {form: form for form in CLOSED}
    names = name_forms(names_of(gazetteer), chosen, lexemes.dictionary)
    write_table(chosen, names)
    abbreviations = {word for word, flags in lexemes.dictionary.flags.items() if "r" in flags}
    short = {form for form in {*chosen, *top_n_list("en", ENGLISH)} - abbreviations if len(form) in SHORT}
    (DATA / "short_words.txt").write_text(" ".join(sorted(short)) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
