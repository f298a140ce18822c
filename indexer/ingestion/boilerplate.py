"""Lines of a page that are not part of its text: skip links, cookie notices, translation, image names, buttons."""

import re

from indexer.ingestion.rules import rows_of

LONGEST = 220
"""Characters of a line that can be boilerplate; longer ones are paragraphs."""

_LINES = re.compile("|".join(line for (line,) in rows_of("boilerplate.txt")), re.IGNORECASE)


def is_boilerplate(line: str) -> bool:
    """Whether a line belongs to the page around a text.

    >>> is_boilerplate("Till innehåll"), is_boilerplate("Mer om våra kakor"), is_boilerplate("Regionen satsar på vätgas.")
    (True, True, False)
    """
    stripped = line.strip()
    return len(stripped) <= LONGEST and bool(_LINES.fullmatch(stripped.rstrip(".")))
