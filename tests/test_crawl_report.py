"""What a crawl says of its sources: the table, the report that is kept, exit codes, the trial of a source, and the page for people."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

SOURCES = Path(__file__).resolve().parents[1] / "sources"


@pytest.mark.parametrize("path", sorted(SOURCES.glob("*.toml")), ids=lambda path: path.stem)
def test_every_address_of_a_source_says_what_it_rests_on(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    addresses = [number for number, line in enumerate(lines) if "://" in line]
    assert addresses, "one at least"
    for number in addresses:
        assert re.fullmatch(r"  # (Known|Guess): .*20\d\d\.", lines[number - 1].partition(";")[0] + "." * (";" in lines[number - 1])) or re.fullmatch(
            r"  # (Known|Guess): .*20\d\d.*\.", lines[number - 1]
        ), lines[number]
