"""Other names that documents themselves give: candidates for the list of synonyms, each with the sentence that says so.

"3D-printing, som även benämns additiv tillverkning", "ACES – Additive Coordination in East middle Sweden", "Europeiska
socialfonden (ESF)". A person decides which of them are taken in; nothing is expanded by itself.
"""

import re
from collections.abc import Iterator

from msgspec import Struct

from indexer.metadata.tables import expressions

BEFORE = 80
"""Characters before a mark in which a name is looked for."""
_TABLE = dict(expressions("metadata/data/aliases.tsv"))
_NAME_BEFORE = re.compile(_TABLE["BEFORE"])
_MARKS = [(signs.split(), re.compile(expression)) for signs, expression in _TABLE.items() if not signs.isupper()]
"""What stands in every text that a pattern fits, and the pattern: most texts need not be searched."""


class Alias(Struct, frozen=True):
    """Two names for one thing, as a document gives them."""

    name: str
    other: str
    evidence: str
    document: str
    """The id of the document."""


def aliases_in(id: str, text: str) -> Iterator[Alias]:
    """The pairs of names that a text gives.

    >>> [(alias.name, alias.other) for alias in aliases_in("a", "Europeiska socialfonden (ESF) betalar.")]
    [('Europeiska socialfonden', 'ESF')]
    """
    fitting = (pattern for signs, pattern in _MARKS if any(sign in text for sign in signs))
    for match in (match for pattern in fitting for match in pattern.finditer(text)):
        groups = match.groupdict()
        near = _NAME_BEFORE.search(text[max(0, match.start() - BEFORE) : match.start()].rstrip())
        before = groups.get("before") or (near[0] if near else "")
        if before and (names := _pair(before, groups.get("called") or match["after"], "called" not in groups)):
            yield Alias(*names, " ".join(text[max(0, match.start() - BEFORE) : match.end() + 20].split()), id)


def _pair(one: str, other: str, initials: bool) -> tuple[str, str] | None:
    """The two names; of a name beside its initials, only as many words as they stand for."""
    if not initials:
        name, called = " ".join(one.split()[-2:]), " ".join(other.split()[:3])
        # 60: characters of a name.
        return (name, called) if name.lower() != called.lower() and len(called) <= 60 else None
    short, words = (other, one.split()) if len(other) <= len(one) else (one, other.split())
    letters = [letter.lower() for letter in short if letter.isalpha()]
    counts = range(1, min(len(words), len(letters) + 3) + 1) if letters else ()
    ends = (some for count in counts for some in (words[-count:], words[:count]) if some[0][0].lower() == letters[0])
    return next(((name, short) for name in map(" ".join, ends) if _stands_for(letters, name.lower())), None)


def _stands_for(letters: list[str], name: str) -> bool:
    """Whether the letters stand in the name in order, each word's beginning counting for the most."""
    rest, beginnings = iter(name), set(re.findall(r"(?<![^\s-])[^\s-]", name))
    return all(letter in rest for letter in letters) and len(beginnings & {*letters}) * 2 >= len({*letters})
