"""Regions: names and codes, what a text is about and what it only mentions."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.regions import NATIONAL, given_regions, label, order, parent, read_regions, resolve, with_ancestors
from indexer.regions.gazetteer import places
from tests.floors import FLOORS

COUNTIES = [
    "stockholms-lan",
    "uppsala-lan",
    "sodermanlands-lan",
    "ostergotlands-lan",
    "jonkopings-lan",
    "kronobergs-lan",
    "kalmar-lan",
    "gotlands-lan",
    "blekinge-lan",
    "skane-lan",
    "hallands-lan",
    "vastra-gotalands-lan",
    "varmlands-lan",
    "orebro-lan",
    "vastmanlands-lan",
    "dalarnas-lan",
    "gavleborgs-lan",
    "vasternorrlands-lan",
    "jamtlands-lan",
    "vasterbottens-lan",
    "norrbottens-lan",
]
NAMES = {
    "orebro-lan": "orebro-lan,18,SE124,Örebro,örebro län,ÖREBRO LÄN,orebro,Region Örebro län,O\u0308rebro",
    "dalarnas-lan": "20,SE312,Dalarna,dalarnas,Dalarnas län,Region Dalarna",
    "vastra-gotalands-lan": "14,SE232,Västra Götaland,Västra Götalandsregionen,vastra gotaland,Bohuslän",
    "sodermanlands-lan": "Sörmland,Region Sörmland,Södermanland",
    "stockholms-lan": "Stockholm,01,Region Stockholm",
    "riksomrade-stockholm": "SE11,riksomrade-stockholm",
    "norra-mellansverige": "SE31,Norra Mellansverige,norra mellansverige",
    "karlskoga-kommun": "Karlskoga,1883,Karlskoga kommun,karlskoga-kommun",
    "habo-kommun-0643": "Habo,0643,habo-kommun-0643",
    "habo-kommun-0305": "Håbo,0305,Håbo kommun",
    NATIONAL: "hela-landet,Hela landet,Sverige",
}


def test_the_gazetteer_is_whole() -> None:
    values = list(places())
    assert [value for value in values if value.endswith("-lan")] == COUNTIES
    assert len([value for value in values if "-kommun" in value]) == 290
    assert len([value for value in values if parent(value) is None and value != NATIONAL]) == 8
    assert all(parent(parent(value) or "") for value in values if "-kommun" in value), "kommun > län > riksområde"


@pytest.mark.parametrize("value", NAMES)
def test_names_and_codes(value: str) -> None:
    assert {name: resolve(name) for name in NAMES[value].split(",")} == dict.fromkeys(NAMES[value].split(","), value)


@pytest.mark.parametrize("name", ["Atlantis", "", "99", "orebrå", "SE9", "län"])
def test_unknown_names(name: str) -> None:
    assert resolve(name) is None


def test_labels_ancestors_and_order() -> None:
    assert label("karlskoga-kommun") == "Karlskoga kommun"
    assert label("okänd") == "okänd"
    assert with_ancestors(["karlskoga-kommun", "orebro-lan"]) == (
        "ostra-mellansverige",
        "orebro-lan",
        "karlskoga-kommun",
    )
    assert sorted(["orebro-lan", "stockholms-lan"], key=order) == ["stockholms-lan", "orebro-lan"]


def test_given_regions() -> None:
    assert [region.value for region in given_regions(["18", "Dalarna", "hela-landet"])] == [
        "orebro-lan",
        "dalarnas-lan",
    ]
    with pytest.raises(ValueError, match="Atlantis"):
        given_regions(["Atlantis"])


def table() -> list[list[str]]:
    lines = (Path(__file__).parent / "data" / "region_texts.tsv").read_text(encoding="utf-8").splitlines()
    return [(line.split("\t") + ["", ""])[:3] for line in lines if line and not line.startswith("#")]


@pytest.mark.parametrize(("text", "about", "mentioned"), table())
def test_what_a_text_is_about(text: str, about: str, mentioned: str) -> None:
    regions = [region for region in read_regions("", text) if region.value.endswith("-lan")]
    assert {region.value for region in regions if region.about} == set(about.split())
    assert {region.value for region in regions if not region.about} == set(mentioned.split())


def test_evidence_says_what_was_named_and_how_often() -> None:
    (county,) = read_regions("", "Region Örebro län bygger. Örebro län växer. Örebro län vinner.")
    assert (county.value, county.weight) == ("orebro-lan", 9.0)
    assert county.evidence == "nämner Örebro län 2 gånger, Region Örebro län en gång"


@given(st.text() | st.text(st.sampled_from("Örebro län Mark Lund i Region Dalarnas kommun-, ")))
def test_any_text_gives_regions_or_none(text: str) -> None:
    for region in read_regions(text, text):
        assert region.value in places()
        assert region.weight > 0


@pytest.mark.real
def test_counties_of_texts_judged_by_reading(shared: Path) -> None:
    judged = [json.loads(line) for line in (shared / "data" / "about_counties.jsonl").read_text().splitlines()]
    wanted = {line["id"]: set(line["about"]) for line in judged}
    codes = {place.codes[0]: value for value, place in places().items() if value.endswith("-lan")}
    right = found = true = kept_empty = 0
    with gzip.open(shared / "data" / "news.jsonl.gz", "rt", encoding="utf-8") as lines:
        for document in map(json.loads, lines):
            if document["id"] not in wanted:
                continue
            expected = {codes[code] for code in wanted[document["id"]]}
            regions = read_regions(document["title"], document["text"])
            counties = {region.value for region in regions if region.about and region.value.endswith("-lan")}
            right, found, true = right + len(counties & expected), found + len(counties), true + len(expected)
            kept_empty += not expected and not counties
    empty = sum(not about for about in wanted.values())
    score, left_alone = 2 * right / (found + true), kept_empty / empty
    print(f"regions: micro F1 {score:.3f}, texts about none left without {left_alone:.3f}")
    assert score >= FLOORS["regions.f1"]
    assert left_alone >= FLOORS["regions.none"]
