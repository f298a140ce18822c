"""Other names that documents themselves give: candidates for the list of synonyms, each with the sentence that says so.

"3D-printing, som även benämns additiv tillverkning", "ACES – Additive Coordination in East middle Sweden", "Europeiska
socialfonden (ESF)". A person decides which of them are taken in; nothing is expanded by itself.
"""

import re
from collections.abc import Iterator

from msgspec import Struct

BEFORE = 80
"""Characters before a mark in which a name is looked for."""
LONGEST = 60
"""Characters of a name."""
_SHORT = r"[A-ZÅÄÖ][A-ZÅÄÖa-zåäö0-9-]{0,3}[A-ZÅÄÖ0-9][A-ZÅÄÖa-z0-9-]{0,4}"
_NAME_AFTER = r"(?P<after>[\w-]+(?:[ -][\w&+./-]+){0,7})"
# Looked for first, since they are rare; the name before them is read backwards from there.
_ALSO_CALLED = re.compile(
    rf",?\s+(?:som\s+)?(?:även|också|ibland)\s+(?:kalla[dts]|kallade|kallas|benämn[dts])\s+(?:för\s+)?[”\"']?{_NAME_AFTER}"
)
_IN_BRACKETS = re.compile(rf"\s\((?P<after>{_SHORT})\)")
_AFTER_DASH = re.compile(rf"\b(?P<before>{_SHORT})\s+[–—]\s+{_NAME_AFTER}")
_MARKS = ((_ALSO_CALLED, ("kalla", "benämn")), (_IN_BRACKETS, ("(",)), (_AFTER_DASH, ("–", "—")))
"""Each pattern, and what stands in every text that it fits: most texts need not be searched."""
_NAME_BEFORE = re.compile(r"[\w-][\w&+./-]*(?:[ -][\w&+./-]+)*$")


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
    fitting = (pattern for pattern, marks in _MARKS if any(mark in text for mark in marks))
    for match in (match for pattern in fitting for match in pattern.finditer(text)):
        before = match.groupdict().get("before") or _name_before(text, match.start())
        if before and (names := _pair(before, match["after"], match.re is not _ALSO_CALLED)):
            yield Alias(*names, " ".join(text[max(0, match.start() - BEFORE) : match.end() + 20].split()), id)


def _name_before(text: str, at: int) -> str:
    match = _NAME_BEFORE.search(text[max(0, at - BEFORE) : at].rstrip())
    return match[0] if match else ""


def _pair(one: str, other: str, initials: bool) -> tuple[str, str] | None:
    """The two names; of a name beside its initials, only as many words as they stand for."""
    if not initials:
        name, called = " ".join(one.split()[-2:]), " ".join(other.split()[:3])
        return (name, called) if name.lower() != called.lower() and len(called) <= LONGEST else None
    short, words = (other, one.split()) if len(other) <= len(one) else (one, other.split())
    letters = [letter.lower() for letter in short if letter.isalpha()]
    for count in range(1, min(len(words), len(letters) + 3) + 1) if letters else ():
        for tail in (words[-count:], words[:count]):
            if tail[0][0].lower() == letters[0] and _stands_for(letters, " ".join(tail).lower()):
                return " ".join(tail), short
    return None


def _stands_for(letters: list[str], name: str) -> bool:
    """Whether the letters stand in the name in order, each word's beginning counting for the most."""
    rest, beginnings = iter(name), set(re.findall(r"(?<![^\s-])[^\s-]", name))
    return all(letter in rest for letter in letters) and len(beginnings & {*letters}) * 2 >= len({*letters})
