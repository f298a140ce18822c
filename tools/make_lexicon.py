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

from wordfreq import top_n_list

from indexer.swedish.compounds import LEAST_NAME
from indexer.swedish.lexemes import word_list
from tools.choosing import assigned, other_readings
from tools.hunspell import Dictionary, read_dictionary
from tools.lexemes import CLOSED, Lexemes

DATA = Path(__file__).parents[1] / "indexer" / "swedish" / "data"
BY_CASE = frozenset(name.rstrip("*") for name in word_list("names_by_case"))
SHORT = range(2, 5)
"""Letters of an abbreviation."""
ENGLISH = 100
"""English words that are no abbreviations in small letters: it, us, who."""


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
            names |= {row[column].removesuffix("s län").removesuffix(" län") for row in csv.DictReader(lines)}
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
