"""Lines of a page that are not part of its text: skip links, cookie notices, translation, image names, buttons."""

import re
from pathlib import Path

LONGEST = 220
"""Characters of a line that can be boilerplate; longer ones are paragraphs."""

_RULES = (Path(__file__).with_name("data") / "boilerplate.txt").read_text(encoding="utf-8").splitlines()
_LINES = re.compile("|".join(rule for rule in _RULES if not rule.startswith("#")), re.IGNORECASE)


def is_boilerplate(line: str) -> bool:
    """Whether a line belongs to the page around a text.

    >>> is_boilerplate("Till innehåll"), is_boilerplate("Mer om våra kakor"), is_boilerplate("Regionen satsar på vätgas.")
    (True, True, False)
    """
    stripped = line.strip()
    return len(stripped) <= LONGEST and bool(_LINES.fullmatch(stripped.rstrip(".")))
