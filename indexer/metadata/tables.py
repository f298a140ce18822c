"""Tables of words and regular expressions: fields between tabs; a line that begins with # says what those below it are for."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

PROGRAM = Path(__file__).parents[1]
_PART = re.compile(r"<([A-Z_]+)>")


@cache
def rows(path: Path | str) -> tuple[list[str], ...]:
    """The fields of each line of a file, which may be named as it lies in the program."""
    lines = (PROGRAM / path).read_text(encoding="utf-8").splitlines()
    return tuple(line.split("\t") for line in lines if line and not line.startswith("#"))


def expressions(path: Path | str, **parts: str) -> Iterator[tuple[str, str]]:
    """Name and expression of each line; <NAME> stands for one of the parts, which are given or stand above under that name.

    >>> dates = dict(expressions("metadata/data/dates.tsv", MONTH="maj"))
    >>> dates["DAY"], dates["yearless"].count(dates["DAY"])
    ('(?P<day>\\\\d{1,2})', 1)
    """
    for name, written in rows(path):
        parts[name] = _PART.sub(lambda part: parts[part[1]], written)
        yield name, parts[name]


def patterns(path: Path | str, flags: int, **parts: str) -> dict[str, re.Pattern[str]]:
    """Name -> pattern; only the last one of a name."""
    return {name: re.compile(expression, flags) for name, expression in expressions(path, **parts)}


def one_of(path: Path | str, name: str, **parts: str) -> str:
    """All expressions of a name as one."""
    return "|".join(f"(?:{expression})" for known, expression in expressions(path, **parts) if known == name)
