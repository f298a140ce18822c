"""A Hunspell dictionary -> lexemes: which forms its entries have when their suffix rules are applied."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

LINKING = frozenset("fghituvwxyz")
"""Flags of rules that make the first part of a compound: kvinno-, utbildnings-."""
UNFIT = frozenset("%")
"""Flags of entries that are no words: forbidden spellings."""
ONLY_PARTS = "Z"
VIRTUAL = "¤"
"""Flag of an entry that is no word without a suffix."""
NOUN = frozenset("BCDEGHI")
ADJECTIVE = frozenset("OQk")
VERB = frozenset("jmKR")


@dataclass(frozen=True, slots=True)
class Rule:
    """A suffix rule."""

    strip: str
    add: str
    condition: re.Pattern[str]


@dataclass(slots=True)
class Dictionary:
    """What the dictionary says of its words."""

    flags: dict[str, frozenset[str]] = field(default_factory=dict)
    """Of each entry, as written."""
    forms: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """Base form -> its forms, itself among them."""
    links: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """Base form -> what it is as the first part of a compound."""

    def is_a(self, word: str, kind: frozenset[str]) -> bool:
        """Whether an entry has one of some flags."""
        return not kind.isdisjoint(self.flags.get(word, frozenset()))


def read_dictionary(folder: Path) -> Dictionary:
    """The dictionary index.aff and index.dic of a folder; derivations that its rules make are lexemes of their own."""
    rules = _rules(folder / "index.aff")
    dictionary = Dictionary()
    entries = list(_entries(folder / "index.dic"))
    for word, flags in entries:
        dictionary.flags[word] = dictionary.flags.get(word, frozenset()) | flags
    for word, flags in entries:
        if ONLY_PARTS in flags:
            dictionary.links[word].add(word)
            continue
        if VIRTUAL not in flags:
            dictionary.forms[word].add(word)
        for flag in sorted(flags & rules.keys()):
            for rule in rules[flag]:
                if word.endswith(rule.strip) and rule.condition.search(word):
                    _apply(dictionary, word, flag, rule)
    return dictionary


def _apply(dictionary: Dictionary, word: str, flag: str, rule: Rule) -> None:
    form = word.removesuffix(rule.strip) + rule.add
    if not form.isalpha():
        return
    if flag in LINKING:
        dictionary.links[word].add(form)
        return
    base = word + _derived(dictionary, word, flag, rule)
    dictionary.forms[base] |= {base, form} if base not in dictionary.flags else {form}


def _derived(dictionary: Dictionary, word: str, flag: str, rule: Rule) -> str:
    """What a rule that makes another word adds to it: a participle, an agent, an inhabitant, the verb of a noun."""
    if rule.add.startswith("nde"):
        return "nde"
    if flag == "L" and rule.add == "ende":
        return "ende"
    if flag == "T":
        return "isk" if rule.add.startswith("isk") else "are" if rule.add.startswith("are") else "re"
    if flag in "ed":
        return "bo" if flag == "e" else "sbo"
    if flag == "R" and rule.add in ("as", "es") and not rule.strip and word + "a" in dictionary.flags:
        return "a"  # köpas stands under köp
    return ""


def _rules(path: Path) -> dict[str, list[Rule]]:
    rules: dict[str, list[Rule]] = defaultdict(list)
    for line in path.read_text(encoding="utf-8").splitlines():
        match line.split():
            case ["SFX", flag, strip, add, condition, *_] if not flag.isdigit():
                strip, add = ("" if part == "0" else part for part in (strip, add.partition("/")[0]))
                rules[flag].append(Rule(strip, add, re.compile(f"{condition}$")))
    return rules


def _entries(path: Path) -> Iterator[tuple[str, frozenset[str]]]:
    for line in path.read_text(encoding="utf-8").splitlines()[1:]:
        word, _, flags = line.partition("\t")[0].strip().partition("/")
        if len(word) > 1 and word.isalpha() and UNFIT.isdisjoint(flags):
            yield word, frozenset(flags)
