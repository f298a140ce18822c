"""What counts as one word: lexemes, closed-class words, names and abbreviations. `python -m tests.test_lexemes` prints the figures."""

from __future__ import annotations

import csv
import sys
from collections import defaultdict
from pathlib import Path
from zlib import crc32

import pytest

from indexer.swedish import Entry, analyse, entry_of, lexemes, terms_in, variants_of
from indexer.swedish.words import term_of
from tests.floors import FLOORS

MORE_NAMES = Path(__file__).parents[1] / "tools" / "more_names.txt"
"""Landscapes, countries, waters."""
TOGETHER = (
    "gå går gick|bok böcker|bonde bönder|delta deltog|stad städer|män mannen|svensk svenska|ung unga yngre|film filmer|"
    # Strong verbs, some of whose infinitives the dictionary lacks; participles; passives.
    "ta tar tog tagit tas|sitta sitter suttit|vinna vann vunnit|förekomma förekommer|sätta satte satts satta|"
    "lägga lagt lagd lagda|belägga belagd|ersätta ersatt ersatte|inträffa inträffade inträffat|nöja nöjd|hoppas hoppades|ställa ställs|"
    # Nouns whose plural the dictionary packs under a verb; articles, not participles.
    "röst röster rösterna|åtgärd åtgärderna|politiker politikerna|fördel fördelar|innehåll innehållet|förslag förslagen|"
    "genomförande genomförandet|liten små|öga ögon|fiske fisket|bättre bäst|"
    # The gazetteer calls counties by a genitive; the last part of a compound is rather a noun.
    "norrbotten norrbottens|dalarna dalarnas|testbädd testbäddar|inlandshamn inlandshamnar"
)
APART = (
    "lyckas lycka|hoppas hoppa|råda rå|väntan vänta|särskild särskilja|las la|företagande företa|el le|bot bo|"
    "förare för|skola ska|första en|motor mot|it ser|träd träda|fastighet fast|las lägga|gods god|lager lag|majs maj|"
    "ungern unga|vänern vänner|hybrit hybrida|utveckla utveckling|företag företagare|lärare lära|planet plan|varor var"
)


@pytest.mark.parametrize("line", TOGETHER.split("|"))
def test_forms_of_a_lexeme_share_a_term(line: str) -> None:
    assert len({term_of(form) for form in line.split()}) == 1


@pytest.mark.parametrize("line", APART.split("|"))
def test_forms_of_two_lexemes_do_not(line: str) -> None:
    left, right = line.split()
    assert term_of(left) != term_of(right)


def test_a_form_of_two_lexemes_counts_as_one_and_may_be_read_as_both() -> None:
    assert analyse("länkar")[0].keys == ("länk", "länka")
    assert analyse("lager")[0].keys == ("lager",), "the second reading is not far more frequent than a base form's own"
    assert Entry.unpacked(*entry_of("länkar").packed()) == entry_of("länkar")
    assert Entry.unpacked(*entry_of("industriutveckling").packed()) == entry_of("industriutveckling")


@pytest.mark.parametrize("word", ["ska", "för", "en", "är", "jag", "inte", "mot", "av", "vara", "var"])
def test_a_function_word_is_a_term_of_its_own(word: str) -> None:
    assert term_of(word) == word


CASED = {
    "Mark": "Mark",
    "i Marks kommun": "i Mark kommun",
    "Mark behövs": "mark behöva",
    "köpa mark": "köpa mark",
    "enligt LAS": "enligt LAS",
    "FOI FoI": "FOI foi",
    "VGR EU:s": "vgr eu",
    "PRESSMEDDELANDE OM STÖD": "pressmeddelande om stöd",
    "enligt SoL": "enligt SoL",
}


@pytest.mark.parametrize(("text", "terms"), CASED.items())
def test_a_capital_tells_names_and_abbreviations_apart(text: str, terms: str) -> None:
    assert " ".join(terms_in(text).terms) == terms
    assert " ".join(token.term for token in analyse(text)) == terms
    assert terms_in(text).forms == [token.form for token in analyse(text)]


def test_small_letters_may_mean_a_name_or_an_abbreviation() -> None:
    assert set(analyse("mark")[0].variants) == {"MARK", "Mark"}
    assert analyse("Mark")[0].variants == ()
    assert variants_of("ska") == ()


@pytest.mark.parametrize(
    "name",
    ["almedalen", "björklund", "stockholm", "norrbotten", "säter", "kristianstads"]
    + ["göteborgare", "gävleborgarna", "stockholmare"],
)
def test_a_name_is_not_split(name: str) -> None:
    assert entry_of(name).parts == ()


@pytest.mark.parametrize(
    ("word", "parts"),
    [
        ("stockholmsregionen", "stockholm- region"),
        ("finlandsfärja", "finland- färja"),
        ("jämtlandsfjällen", "jämtland- fjäll"),
        ("göteborgsbo", "göteborg- bo"),
        ("tysklandsresor", "tyskland- resa"),
        ("umeåregionens", "umeå- region"),
        ("kommunstyrelse", "kommun styrelse"),
    ],
)
def test_a_name_within_a_word_is_not_matched_by_the_bare_name(word: str, parts: str) -> None:
    assert " ".join(part.term for part in entry_of(word).parts) == parts


def test_no_ending_of_the_lexicon_is_longer_than_is_looked_for() -> None:
    endings = {ending for inflection in lexemes._table()[0] for ending in inflection.endings}
    assert max(map(len, endings)) <= lexemes.LONGEST_ENDING


@pytest.mark.real
def test_families_of_real_words(shared: Path) -> None:
    """Tuned on the words of one half; the floor stands on the other (an odd CRC-32 of the word)."""
    same, other = family_figures(shared / "data" / "language" / "families.tsv", odd=True)
    assert same >= FLOORS["families.same"]
    assert other <= FLOORS["families.other"]


@pytest.mark.real
def test_no_name_shares_its_term_with_another_word(shared: Path) -> None:
    assert shared_names(shared / "data" / "gazetteer") == []


def family_figures(path: Path, odd: bool | None = None) -> tuple[float, float]:
    """Of the labelled families: the share of S that is found, by documents; the mean share of X among what a word finds."""
    families: dict[str, list[tuple[str, str, int]]] = defaultdict(list)
    with path.open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines, delimiter="\t"):
            if odd is None or crc32(row["word"].encode()) % 2 == odd:
                families[row["word"]].append((row["form"], row["label"], int(row["documents"])))
    matching = total = 0
    shares = []
    for word, forms in families.items():
        keys = analyse(word)[0].keys
        hits = [(label, often) for form, label, often in forms if term_of(form) in keys]
        matching += sum(often for label, often in hits if label == "S")
        total += sum(often for _, label, often in forms if label == "S")
        wrong = sum(often for label, often in hits if label == "X")
        shares.append(wrong / max(sum(often for _, often in hits), 1))
    return matching / total, sum(shares) / len(shares)


def shared_names(gazetteer: Path) -> list[tuple[str, str]]:
    """Municipalities, counties, the 500 largest localities, landscapes, countries and waters whose term a frequent word has that is no form of the name."""
    from wordfreq import top_n_list

    words: dict[str, set[str]] = defaultdict(set)
    for word in top_n_list("sv", 60_000):
        words[term_of(word)].add(word)
    found = []
    for name in _names(gazetteer):
        form = name.lower()
        others = words[analyse(name)[0].term] - {form, form + "s", f"{form}bo", f"{form}sbo"}
        found += [(name, other) for other in sorted(others)]
    return found


def _names(gazetteer: Path) -> list[str]:
    columns = (("municipalities", "kommun_name"), ("counties", "lan_name"), ("localities", "name"))
    rows = {}
    for table, column in columns:
        with (gazetteer / f"{table}.csv").open(encoding="utf-8") as lines:
            rows[table] = [(int(row.get("population") or 0), row[column]) for row in csv.DictReader(lines)]
    largest = sorted(rows.pop("localities"), reverse=True)[:500]
    names = [
        name.removesuffix("s län").removesuffix(" län") for table in (*rows.values(), largest) for _, name in table
    ]
    more = [line for line in MORE_NAMES.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return sorted({name for name in (*names, *" ".join(more).split()) if name.isalpha()})


if __name__ == "__main__":
    data = Path(sys.argv[1] if len(sys.argv) > 1 else "../shared") / "data"
    for half in (None, False, True):
        print(
            "families",
            {None: "all", False: "even", True: "odd"}[half],
            family_figures(data / "language" / "families.tsv", half),
        )
    print("names", shared_names(data / "gazetteer"))
