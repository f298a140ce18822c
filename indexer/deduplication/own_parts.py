"""What each publisher of a release adds to it: a dateline, and boxes of facts, on itself and on whom to reach."""

import re
from pathlib import Path

from indexer.metadata.dates import MONTH_NAMES
from indexer.metadata.tables import one_of

_DATA = Path(__file__).with_name("data") / "own_parts.tsv"
_DATELINE = re.compile(one_of(_DATA, "dateline", MONTH="|".join(MONTH_NAMES)))
_BOX = re.compile(one_of(_DATA, "box", MONTH=""), re.IGNORECASE)


def core_of(text: str, other: str = "") -> str:
    """A text without them; a box goes on to a line that the `other` text has too, or to the end.

    >>> core_of("FALUN (Region Dalarna). Nu byggs det.\\nOm Region Dalarna\\nVi är en region.")
    'Nu byggs det.'
    """
    shared, kept, in_box = set(other.splitlines()), list[str](), False
    for line in _DATELINE.sub("", text, count=1).splitlines():
        in_box = bool(_BOX.fullmatch(line)) or (in_box and line not in shared)
        if not in_box:
            kept.append(line)
    return "\n".join(kept)
