"""What each publisher of a release adds to it: a dateline, and boxes of facts, on itself and on whom to reach."""

import re
from pathlib import Path

from indexer.metadata.dates import MONTH_NAMES
from indexer.metadata.tables import expressions

_ROWS = tuple(expressions(Path(__file__).with_name("data") / "own_parts.tsv", MONTH="|".join(MONTH_NAMES)))
_DATELINE, _BOX = ("|".join(f"(?:{row})" for name, row in _ROWS if name == part) for part in ("dateline", "box"))
_BEGINS, _BEGINS_BOX = re.compile(_DATELINE), re.compile(_BOX, re.IGNORECASE)


def core_of(text: str, other: str = "") -> str:
    """A text without them; a box goes on to a line that the `other` text has too, or to the end.

    >>> core_of("FALUN (Region Dalarna). Nu byggs det.\\nOm Region Dalarna\\nVi är en region.")
    'Nu byggs det.'
    """
    shared, kept, in_box = set(other.splitlines()), list[str](), False
    dateline = _BEGINS.match(text)
    for line in text[dateline.end() if dateline else 0 :].splitlines():
        in_box = bool(_BEGINS_BOX.fullmatch(line)) or (in_box and line not in shared)
        if not in_box:
            kept.append(line)
    return "\n".join(kept)
