"""Regions: names and codes, what a text is about and what it only mentions."""

from __future__ import annotations

import gzip
import json
import random
import re
from collections import Counter
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.metadata.regions import given_regions, publisher_of, read_regions
from indexer.metadata.regions.gazetteer import (
    NATIONAL,
    is_county,
    label,
    order,
    parent,
    places,
    resolve,
    with_ancestors,
)
from indexer.metadata.regions.naming import mentions_in
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
    assert [value for value in values if is_county(value)] == COUNTIES
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
    regions = [region for region in read_regions("", text) if is_county(region.value)]
    assert {region.value for region in regions if region.about} == set(about.split())
    assert {region.value for region in regions if not region.about} == set(mentioned.split())


def test_evidence_says_what_was_named_and_how_often() -> None:
    (county,) = read_regions("", "Region Örebro län bygger. Örebro län växer. Örebro län vinner.")
    assert (county.value, county.weight) == ("orebro-lan", 18.0)
    assert county.evidence == "nämner Örebro län 2 gånger, Region Örebro län en gång"


@given(st.text() | st.text(st.sampled_from("Örebro län Mark Lund i Region Dalarnas kommun-, ")))
def test_any_text_gives_regions_or_none(text: str) -> None:
    for region in read_regions(text, text):
        assert region.value in places()
        assert region.weight > 0


def test_a_former_county_is_named_with_its_last_year() -> None:
    (county,) = read_regions("", "Kopparbergs län fick ny landshövding. Kopparbergs län växte.")
    assert (county.value, county.evidence) == ("dalarnas-lan", "nämner Kopparbergs län (till 1996) 2 gånger")


SWAPPED = [
    "{0} satsar på vätgas. I {0} byggs en fabrik, och {1} ska inte vara sämre än {0}.",
    "Tre kommuner i {0} får stöd. {0} har väntat länge.",
    "Länsstyrelsen i {1} svarar regeringen. Frågan gäller {0}, där {0} är ensamt om sina regler.",
]


@given(st.permutations(COUNTIES), st.sampled_from(SWAPPED))
def test_other_names_in_a_text_give_other_counties(order: list[str], template: str) -> None:
    first, second = order[:2]
    found = read_regions("", template.format(label(first), label(second)))
    other = read_regions("", template.format(label(second), label(first)))
    swap = {first: second, second: first}
    assert [(swap[region.value], region.weight, region.about) for region in found] == [
        (region.value, region.weight, region.about) for region in other
    ]
    assert found[0].value == first and found[0].about


def test_where_all_events_are_says_little_of_what_they_are_about() -> None:
    once = "Galleriföreningen på Gotland bjuder in till ett samtal om konst i hela landet och vad den får kosta."
    often = "Gotland behöver el. På Gotland byggs vindkraft. Region Gotland och Gotlands elnät växer."
    for title, text, publisher, about in (
        ("Konst", once, "almedalsveckan.info", False),
        ("Konst", once, None, True),
        ("El", often, "almedalsveckan.info", True),
        ("Konst på Gotland", once, "almedalsveckan.info", True),
    ):
        assert [
            region.about
            for region in read_regions(title, text, publisher_of(publisher))
            if region.value == "gotlands-lan"
        ] == [about]


PUBLISHERS = [
    ("https://www.regionorebrolan.se/nyheter/1", None, "orebro-lan"),
    ("https://utveckling.regionhalland.se/x", None, "hallands-lan"),
    ("https://www.lansstyrelsen.se/dalarna/om-oss.html", None, "dalarnas-lan"),
    ("https://www.lansstyrelsen.se/om-oss.html", None, None),
    ("https://notregionhalland.se/", None, None),
    ("https://www.regeringen.se/pressmeddelanden/", "Regeringen", None),
    (None, "Region Örebro län", "orebro-lan"),
    (None, "Karlskoga kommun", "orebro-lan"),
    (None, "Länsstyrelsen i Kalmar län", "kalmar-lan"),
    (None, "Länsstyrelsen Skåne", "skane-lan"),
    (None, "Folkbladet", None),
    (None, None, None),
]


@pytest.mark.parametrize(("url", "source", "county"), PUBLISHERS)
def test_publishers_are_known_by_address_or_name(url: str | None, source: str | None, county: str | None) -> None:
    found = publisher_of(source, url)
    assert (found.county if found else None) == county


def heaviest(text: str) -> str | None:
    """The county that a text names most."""
    counties = [region for region in read_regions("", text) if is_county(region.value)]
    return max(counties, key=lambda region: region.weight).value if counties else None


def looked_up(text: str) -> str | None:
    """The baseline: the county of the name of a county or municipality, in any case, that stands most often."""
    found = Counter(plain_names()[name] for name in plain_pattern().findall(text.lower()))
    return found.most_common(1)[0][0] if found else None


@cache
def plain_names() -> dict[str, str]:
    found = {
        name.lower(): place.above or ""
        for place in places().values()
        if "-kommun" in place.value
        for name in place.names
    }
    return found | {
        name.lower(): place.value for place in places().values() if is_county(place.value) for name in place.names[:2]
    }


@cache
def plain_pattern() -> re.Pattern[str]:
    return re.compile(rf"\b({'|'.join(sorted(map(re.escape, plain_names()), key=len, reverse=True))})s?\b")


def precision_and_recall(found: Sequence[str | None], wanted: Sequence[str]) -> tuple[float, float]:
    right = sum(one == other for one, other in zip(found, wanted, strict=True))
    return right / sum(one is not None for one in found), right / len(wanted)


@pytest.mark.real
def test_main_county_of_notices_beside_plain_look_up(shared: Path) -> None:
    codes = {place.codes[0]: value for value, place in places().items() if is_county(value)}
    given = [json.loads(line) for line in (shared / "data" / "notice_regions.jsonl").read_text().splitlines()]
    wanted = {line["id"]: codes[line["county"]] for line in random.Random(7).sample(given, 5_000)}
    with gzip.open(shared / "data" / "notices.jsonl.gz", "rt", encoding="utf-8") as lines:
        texts = {notice["id"]: notice["text"] for notice in map(json.loads, lines) if notice["id"] in wanted}
    ours, plain = (
        precision_and_recall([read(text) for text in texts.values()], [wanted[id] for id in texts])
        for read in (heaviest, looked_up)
    )
    print("main county of notices, precision and recall:", ours, "plain look-up:", plain)
    assert ours[0] >= plain[0] + 0.05 and ours[1] >= plain[1]
    assert ours[0] >= FLOORS["regions.notices"]


@pytest.mark.real
def test_county_of_the_title_from_the_body(shared: Path) -> None:
    found, wanted = [], []
    with gzip.open(shared / "data" / "news.jsonl.gz", "rt", encoding="utf-8") as lines:
        for document in map(json.loads, lines):
            named = {mention.counties for mention in mentions_in(document["title"])}
            if len(named) == 1 and len(counties := named.pop()) == 1:
                found.append(heaviest(document["text"]))
                wanted.append(counties[0])
    precision, recall = precision_and_recall(found, wanted)
    print(f"county of {len(wanted)} titles: precision {precision:.3f}, recall {recall:.3f}")
    assert precision >= FLOORS["regions.title_precision"] and recall >= FLOORS["regions.title_recall"]


@pytest.mark.real
def test_counties_of_texts_judged_by_reading(shared: Path) -> None:
    judged = [json.loads(line) for line in (shared / "data" / "about_counties.jsonl").read_text().splitlines()]
    wanted = {line["id"]: set(line["about"]) for line in judged}
    codes = {place.codes[0]: value for value, place in places().items() if is_county(value)}
    right = found = true = kept_empty = 0
    with gzip.open(shared / "data" / "news.jsonl.gz", "rt", encoding="utf-8") as lines:
        for document in map(json.loads, lines):
            if document["id"] not in wanted:
                continue
            expected = {codes[code] for code in wanted[document["id"]]}
            regions = read_regions(document["title"], document["text"])
            counties = {region.value for region in regions if region.about and is_county(region.value)}
            right, found, true = right + len(counties & expected), found + len(counties), true + len(expected)
            kept_empty += not expected and not counties
    empty = sum(not about for about in wanted.values())
    score, left_alone = 2 * right / (found + true), kept_empty / empty
    print(f"regions: micro F1 {score:.3f}, texts about none left without {left_alone:.3f}")
    assert score >= FLOORS["regions.f1"]
    assert left_alone >= FLOORS["regions.none"]
