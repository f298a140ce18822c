"""Lines that say how to reach somebody: kept in a document, but not shown or learned apart from it."""

from __future__ import annotations

import re

LONGEST = 160
"""Characters of such a line; longer ones are paragraphs that mention an address."""
_NUMBER_OR_ADDRESS = re.compile(r"\S@\S|(?<!\d)0\d{1,3}[-\s/]*\d[\d\s-]{4,}\d|\+46")


def without_contacts(text: str) -> str:
    """A text without such lines; the same object where it has none."""
    if not _NUMBER_OR_ADDRESS.search(text):
        return text
    return "\n".join(line for line in text.split("\n") if not is_contact(line))


def is_contact(line: str) -> bool:
    """Whether a line has an e-mail address or a Swedish telephone number, and little else.

    >>> is_contact("Anna Berg, 010-123 45 67"), is_contact("Regionen satsar 100 000 kronor.")
    (True, False)
    """
    return len(line) <= LONGEST and bool(_NUMBER_OR_ADDRESS.search(line))
