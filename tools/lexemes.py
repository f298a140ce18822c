"""A dictionary's entries -> lexemes: which of them are forms of one word. What each rule is for stands in docs/words.md."""

from __future__ import annotations

from collections import defaultdict
from math import fsum
from os.path import commonprefix

from simplemma.strategies import DEFAULT_DICTIONARY_FACTORY
from wordfreq import get_frequency_dict

from indexer.swedish.lexemes import word_list
from tools.hunspell import ADJECTIVE, NOUN, VERB, Dictionary

CLOSED = word_list("closed_class")
VOWELS = frozenset("aeiouyåäö")
UNINFLECTED = frozenset("AYXUjkb.36")
"""Flags of entries that have at most a genitive: strong forms stand so."""
PLURAL = frozenset("AJFYXU")
"""Flags of plurals that stand alone: böcker, männen."""
APART = frozenset(
    ("vuxen", "företagande", "sena", "bättre", "särskild", "känd") + ("andas", "lyckas", "minnas", "svettas")
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
VERBAL = 0.25
"""So frequent beside a word in -ande its forms as a noun must be for it not to be a form of the verb."""
MISTAKEN = {
    "bättre": "bättre",
    "bäst": "bättre",
    "bästa": "bättre",
    "vann": "vinna",
    "vuxna": "vuxen",
    "vuxnas": "vuxen",
    "upphov": "upphov",
    "skred": "skred",
    "tag": "tag",
}
"""Forms that simplemma's table gets wrong, and their lemmas."""


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
        return next(
            (verb for verb in self._pasts.get(word + "e", ()) if self.is_verb(verb) and verb[0] == word[0]), None
        )

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
