"""Kinds: what says that a document is one, and that nothing is guessed."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from indexer.metadata.kinds import KINDS, read_kind
from tests.floors import FLOORS, half_of

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
    (
        ["Interpellation 2013/14:12 Gröna jobb av Sven Berg (S) till statsrådet", "Projekt"],
        None,
        "",
        None,
        "interpellation",
    ),
    (["1995/96:54 av Sven Berg (s) till kommunikationsministern om grusvägar"], None, "", None, "interpellation"),
    ([], None, "Grusvägar", "riksdagen.se/interpellationer", "interpellation"),
    (["Motion till riksdagen 2018/19:2345", "av Sven Berg (C)"], None, "", None, "motion"),
    ([], "https://www.riksdagen.se/sv/dokument-och-lagar/dokument/motion/bredband_h6021234/", "", None, "motion"),
    (["Regeringens proposition 2018/19:58"], None, "", None, "proposition"),
    ([], None, "En ny lag om havsplanering, Prop. 2018/19:58", None, "proposition"),
    ([], "https://www.regeringen.se/rattsliga-dokument/lagradsremiss/2020/02/x/", "", None, "lagradsremiss"),
    ([], None, "Nordiskt samarbete 2018, Skr. 2018/19:90 ", None, "skrivelse"),
    ([], None, "Slutrapport om skogen, SOU 1999:20", None, "utredning"),
    (
        ["I promemorian föreslås att stödet höjs."],
        "https://www.regeringen.se/rapporter/2014/03/x",
        "",
        None,
        "utredning",
    ),
    ([], None, "Uppdrag att se över explosiva varor, Dir. Fö2024:01001", None, "direktiv"),
    ([], None, "Remiss av SOU 2019:10 Stöd för validering, SOU 2019:10", None, "remiss"),
    ([], "https://region.example/remisser/2021/kust", "Kustplan", None, "remiss"),
    ([], "https://www.regeringen.se/overenskommelser-och-avtal/2019/05/x", "", None, "overenskommelse"),
    ([], "https://www.regeringen.se/faktapromemoria/2023/03/202223fpm53/", "", None, "faktapromemoria"),
    ([], "https://www.regeringen.se/tal/2023/11/x/", "", None, "tal"),
    ([], "https://www.regeringen.se/debattartiklar/2023/11/x/", "", None, "debattartikel"),
    (["Regeringskansliet (Utrikesdepartementet) beslutar att lämna ett bidrag."], None, "", None, "beslut"),
    (
        [],
        "https://www.regeringen.se/artiklar/2019/03/x/",
        "Regeländringar beslutade den 21 februari 2019",
        None,
        "beslut",
    ),
    ([], "https://x.example/pressmeddelanden/1", "Uppdrag till Tillväxtverket", None, "pressmeddelande"),
    (["Läs mer", "Pressmeddelande: Ny kustbevakningslag"], None, "En lag, Prop. 2018/19:16", None, "proposition"),
    (["Vi behöver mer motion i skolan.", "Motion"], None, "Motion på recept", None, None),
    (["I tal till nationen"], "https://region.example/antal/", "Beslut dröjer", None, None),
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


def _judged(half: int) -> dict[str, str]:
    """Id -> kind, of the documents whose id has an even (0: tuning) or odd (1: floor) hash."""
    lines = (Path(__file__).parent / "data/kinds.tsv").read_text(encoding="utf-8").splitlines()[1:]
    kinds = dict(line.split("\t") for line in lines)
    return {id: kind for id, kind in kinds.items() if half_of(id) == half}


@pytest.mark.real
def test_kinds_of_real_documents_are_those_judged_by_reading(shared: Path) -> None:
    judged, right, said = _judged(1), 0, 0
    with gzip.open(shared / "data" / "news.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            document = json.loads(line)
            if kind := judged.get(document["id"]):
                read = read_kind(
                    document["text"].splitlines(), document.get("url"), document["title"], document["source"]
                )
                said += read is not None
                right += read is not None and read[0] == kind
    assert said >= 45
    assert right / said >= FLOORS["kinds.precision"]
