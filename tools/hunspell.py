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
VERB = frozenset("mKLMN")


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
            if "M" in flags and word[-1] in "eiouyåäö":
                dictionary.forms[word].add(word + "r")  # syr, which stands under syra
        for flag in sorted(flags & rules.keys()):
            for rule in rules[flag]:
                if word.endswith(rule.strip) and rule.condition.search(word):
                    _apply(dictionary, word, flag, rule)
    return dictionary


def _apply(dictionary: Dictionary, word: str, flag: str, rule: Rule) -> None:
    form = word.removesuffix(rule.strip) + rule.add
    if not form.isalpha() or rule.strip == word:
        return
    if flag in LINKING:
        dictionary.links[word].add(form)
        return
    for base in _bases(dictionary, word, flag, rule):
        dictionary.forms[base] |= {base, form} if base not in dictionary.flags else {form}


def _bases(dictionary: Dictionary, word: str, flag: str, rule: Rule) -> tuple[str, ...]:
    """The words that have a form: entries were packed without regard to what is one word, so a rule may make another's."""
    if rule.add.startswith("nde"):
        return (word + ("nde" if rule.add in ("nde", "ndes") else "ndet"),)  # a participle; a verbal noun
    if flag == "L" and rule.add == "ende":
        return (word + "ende",)
    if flag == "T":  # agent
        return (word + ("isk" if rule.add.startswith("isk") else "are" if rule.add.startswith("are") else "re"),)
    if flag in "ed":  # inhabitant
        return (word + ("bo" if flag == "e" else "sbo"),)
    if (
        flag == "E"
        and (word.endswith(("a", "n")) or "A" not in dictionary.flags[word])
        and _is_packed(dictionary, word)
    ):
        return (word + "n",)  # fann stands under fan, sken under ske, samverkan under samverka
    if flag == "R" and rule.add in ("as", "es") and not rule.strip and word + "a" in dictionary.flags:
        return (word + "a",)  # köpas stands under köp
    if flag == "G" and word.endswith("e") and dictionary.flags[word] & {"C", "F"} and word[:-1] in dictionary.flags:
        return (word[:-1],)  # fiskar stands under fiske
    if (
        flag == "B"
        and rule.add.startswith("et")
        and "D" not in dictionary.flags[word]
        and "F" in dictionary.flags.get(word + "e", ())
    ):
        return (word + "e",)  # fisket stands under fisk
    noun = _noun_under(dictionary, word) if flag in "HI" else None
    if noun:  # röster stands under rösta; delar is of dela too
        agent = (word + "re",) if flag == "I" and word + "re" in dictionary.flags else ()
        return (noun, word) if rule.add in ("r", "rs") else (noun, *agent)
    return (word,)


def _is_packed(dictionary: Dictionary, word: str) -> bool:
    return word.endswith("n") or "m" in dictionary.flags[word]


def _noun_under(dictionary: Dictionary, verb: str) -> str | None:
    """The noun whose plural the rules make of a verb's entry: röst, tanke."""
    if not verb.endswith("a") or not dictionary.is_a(verb, VERB):
        return None
    return next((base for base in (verb[:-1], verb[:-1] + "e") if dictionary.is_a(base, NOUN)), None)


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
