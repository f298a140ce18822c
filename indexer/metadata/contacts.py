"""Lines that say how to reach somebody: kept in a document, but not shown or learned apart from it."""

import re

LONGEST = 160
"""Characters of such a line; longer ones are paragraphs that mention an address."""
_NUMBER = re.compile(r"0(?<!\d0)\d{1,3}[-\s/]*\d[\d\s-]{4,}\d")
_ADDRESS = re.compile(r"@(?<=\S@)\S")


def without_contacts(text: str) -> str:
    """A text without such lines; the same object where it has none."""
    return "\n".join(line for line in text.split("\n") if not is_contact(line)) if _says_whom(text) else text


def is_contact(line: str) -> bool:
    """Whether a line has an e-mail address or a Swedish telephone number, and little else.

    >>> is_contact("Anna Berg, 010-123 45 67"), is_contact("Regionen satsar 100 000 kronor.")
    (True, False)
    """
    return len(line) <= LONGEST and _says_whom(line)


def _says_whom(text: str) -> bool:
    """Each pattern begins with the one character that it cannot be without: that is looked for several times as fast."""
    return bool(_ADDRESS.search(text) or _NUMBER.search(text)) or "+46" in text
