"""Kinds: what says that a document is one, and that nothing is guessed."""

from __future__ import annotations

import pytest

from indexer.metadata.kinds import KINDS, read_kind

CASES = [
    (["Pressmeddelande • 11 februari 2019"], None, "", None, "pressmeddelande"),
    (["2021-04-19 07:00Pressmeddelande"], None, "", None, "pressmeddelande"),
    ([], "https://www.regeringen.se/pressmeddelanden/2019/03/x/", "", None, "pressmeddelande"),
    ([], None, "", "regeringen.se/pressmeddelanden", "pressmeddelande"),
    (["Nyhet – 3 maj 2020", "Nyhet"], None, "", None, "nyhet"),
    ([], "https://region.example/nyheter/vatgas", "", None, "nyhet"),
    ([], "https://region.example/utlysningar/stod", "", None, "utlysning"),
    ([], None, "Utlysning: stöd till små företag", None, "utlysning"),
    ([], None, "Sök stöd till bredband", None, "utlysning"),
    ([], None, "Uppdrag att utreda tågtrafiken", None, "uppdrag"),
    ([], None, "Ändrat uppdrag till Tillväxtverket", None, "uppdrag"),
    ([], "https://www.regeringen.se/regeringsuppdrag/2019/03/x/", "", None, "uppdrag"),
    ([], None, "Slutrapport om kompetensförsörjning", None, "rapport"),
    ([], "https://region.example/rapporter/1", "", None, "rapport"),
    ([], None, "Inbjudan till samtal om energi", None, "evenemang"),
    ([], None, "Hur löser vi elbristen?", "almedalsveckan.info", "evenemang"),
    ([], "https://region.example/projektbank/digit", "", None, "projekt"),
    ([], "https://region.example/om-oss/", "", None, "sida"),
    (["Ett nytt projekt ska stärka industrin i länet."], None, "Projektet växer", None, None),
    (["Rapporten visar att fler flyttar."], None, "Hon har i uppdrag att lyssna", None, None),
    ([], "https://region.example/a/b", "Vätgas", "Region Örebro län", None),
]


@pytest.mark.parametrize(("lines", "url", "title", "source", "kind"), CASES)
def test_a_kind_is_read_where_something_says_it(
    lines: list[str], url: str | None, title: str, source: str | None, kind: str | None
) -> None:
    found = read_kind(lines, url, title, source)
    assert (found[0] if found else None) == kind
    assert found is None or found[1], "what says so"


def test_every_kind_has_a_case() -> None:
    assert {case[-1] for case in CASES} - {None} == set(KINDS)
