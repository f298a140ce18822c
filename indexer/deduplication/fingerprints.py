"""Which documents are one release: they share most of their shingles, at one time, and nothing tells them apart.

A text is cut into shingles of some eight words where the words themselves say (content-defined chunking), so that new lines,
a cut or a changed word cost only the shingles they touch. Every pair that is confirmed shares a shingle, so shingles find the
candidates too: no sketch and no library. FINDINGS 9 had MinHash and shared paragraphs; docs/duplicates.md compares.

One publisher seldom publishes a release twice, but often fills one form again and again (a seminar with each party, a
treaty with each island), so two texts of one need one title, and nearly the same wording with the same names and numbers.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from functools import lru_cache
from hashlib import blake2b
from itertools import accumulate
from zlib import crc32

from msgspec import Struct

from indexer.documents import Document, host_of
from indexer.metadata import dates, regions, tables
from indexer.swedish.tokens import RUNS, runs

LEAST = 500
"""Letters and digits, some 600 characters, of a text that can be told from its form: shorter ones look alike (FINDINGS 9)."""
SHARED = 0.5
"""Part of the shorter text that both have (FINDINGS 9)."""
_NUMBERED = re.compile(r"\b\d{4}(?:/\d{2,4})?:\d+\b")
_OWN_PARTS = "deduplication/data/own_parts.tsv"
"""What each publisher of a release adds to it: a dateline, and boxes of facts, on itself and on whom to reach."""
_DATELINE = re.compile(tables.one_of(_OWN_PARTS, "dateline", MONTH="|".join(dates.MONTH_NAMES)))
_BOX = re.compile(tables.one_of(_OWN_PARTS, "box", MONTH=""), re.IGNORECASE)
_LONGEST = 120
"""Letters and digits after which a shingle ends in any case; with one more word, cut to as many, it stays below 256."""
_CUT = re.compile(rf"[^\W_]{{1,{_LONGEST}}}")
_NUMBERS = dict(zip("två tre fyra fem sex sju åtta nio tio elva tolv".split(), map(str, range(2, 13)), strict=True))  # noqa: SIM905
_TELLING = re.compile(tables.one_of("deduplication/data/telling.tsv", "telling"))


class TextFingerprint(Struct, frozen=True, array_like=True):
    """What is kept of a document to know its release again."""

    id: str
    first: int
    """First day that it may have been published, as a proleptic ordinal; 0 is unknown."""
    last: int
    publisher: str
    title: str
    """In lower case, letters and digits only."""
    counties: frozenset[str]
    """Those that its title names, else those that it is about without its dateline and boxes."""
    numbers: frozenset[str]
    """What it is numbered by: Prop. 2009/10:25."""
    shingles: dict[int, int]
    """Hash of a shingle, 64 bits with sign -> its letters and digits."""
    places: frozenset[str] = frozenset()
    """Counties that it is about with its dateline and boxes, which say where its publisher is."""

    @property
    def length(self) -> int:
        """Letters and digits."""
        return sum(self.shingles.values())


def text_fingerprint_of(document: Document) -> TextFingerprint | None:
    """What is kept of a document; None where its text is too short to be known by."""
    shingles = {hash_of(shingle): len(shingle) for shingle in _shingles(document.text)}
    if sum(shingles.values()) < LEAST:
        return None
    days = (document.published.value, document.published.last_day) if document.published else ()
    first, last = [date.fromisoformat(day).toordinal() for day in days] or (0, 0)
    core = core_of(document.text)
    of_core = document.regions if core == document.text else regions.read_regions("", core)
    counties = _counties(regions.read_regions(document.title, "")) or _counties(of_core, subjects=True)
    places = _counties(document.regions, subjects=True)
    title, publisher = document.title, (host_of(document.url) or document.source or "").partition("/")[0].lower()
    # 200: characters at the beginning of a text in which it says its own number.
    numbers = frozenset(_NUMBERED.findall(f"{title} {document.text[:200]}"))
    letters = "".join(runs(title))
    return TextFingerprint(document.id, first, last, publisher, letters, counties, numbers, shingles, places)


def core_of(text: str, other: str = "") -> str:
    """A text without what its publisher adds; a box goes on to a line that the `other` text has too, or to the end.

    >>> core_of("FALUN (Region Dalarna). Nu byggs det.\\nOm Region Dalarna\\nVi är en region.")
    'Nu byggs det.'
    """
    shared, kept, in_box = set(other.splitlines()), list[str](), False
    for line in _DATELINE.sub("", text, count=1).splitlines():
        in_box = bool(_BOX.fullmatch(line)) or (in_box and line not in shared)
        if not in_box:
            kept.append(line)
    return "\n".join(kept)


def _shingles(text: str) -> Iterator[str]:
    words = runs(text)
    if max(map(len, words), default=0) > _LONGEST:
        words = _CUT.findall(text.lower())  # a longer one than a shingle is several
    letters, start = "".join(words), 0
    for end, word in zip(accumulate(map(len, words)), words, strict=True):
        # 25: letters and digits of a shingle but the last; with one word in four as an end, shingles have some 50.
        if end - start >= 25 and (end - start >= _LONGEST or _may_end(word)):
            yield letters[start:end]
            start = end
    if letters[start:]:
        yield letters[start:]


@lru_cache(60_000)
def _may_end(word: str) -> bool:
    """Whether a shingle may end with a word: one in four may."""
    return not crc32(word.encode("utf-8", "replace")) % 4


def _counties(found: Iterable[regions.Region], subjects: bool = False) -> frozenset[str]:
    named = (region for region in found if regions.gazetteer.is_county(region.value))
    return frozenset(region.value for region in named if region.about or not subjects)


def hash_of(text: str) -> int:
    """64 bits with sign, as SQLite keeps an integer."""
    return int.from_bytes(blake2b(text.encode("utf-8", "replace"), digest_size=8).digest(), "big", signed=True)


def are_duplicates(one: TextFingerprint, other: TextFingerprint, text_of: Callable[[str], str]) -> bool:
    """Whether two texts are one release; symmetric. `text_of` gives the text of an id, which few pairs need."""
    for mine, others in ((one.counties, other.counties), (one.numbers, other.numbers)):
        if mine and others and mine.isdisjoint(others):
            return False
    same_publisher = one.publisher and one.publisher == other.publisher
    if same_publisher and one.title != other.title:
        return False
    dated = one.first and other.first
    # 30: days between two publications of one release (FINDINGS 9).
    if dated and max(one.first, other.first) - min(one.last, other.last) > 30:
        return False
    shared = sum(one.shingles[shingle] for shingle in one.shingles.keys() & other.shingles.keys())
    shorter, longer = sorted((one.length, other.length))
    apart = one.places and other.places and one.places.isdisjoint(other.places)
    if dated and not same_publisher and not apart and shared >= SHARED * shorter:
        return True
    # 0.25: as SHARED, of two whose cores are compared: boxes may be longer than the release.
    if shared < (SHARED * longer if same_publisher else 0.25 * shorter):
        return False
    texts = text_of(one.id), text_of(other.id)
    if not same_publisher:
        texts = core_of(*texts), core_of(*reversed(texts))
    same = says_the_same(*texts)
    # 0.97: part of the longer text that both have, of two of one publisher too long to be compared word by word.
    return shared >= 0.97 * longer if same is None else same and min(map(len, texts)) >= LEAST


def canonical_of(members: Iterable[TextFingerprint]) -> str:
    """The id of the one that stands for a release: the earliest, then the longest, then the first by id."""
    return min(members, key=lambda one: (not one.first, one.first, -one.length, one.id)).id


def says_the_same(one: str, other: str) -> bool | None:
    """Whether only spelling and wording differ, and no name or number; None for texts too long to tell. Symmetric.

    >>> says_the_same("Mingel med Ny Demokrati kl 9.", "Mingel med ny demokrati, kl 9"), says_the_same("Möt Bo!", "Möt Kim!")
    (True, False)
    """
    mine, others = RUNS.findall(min(one, other)), RUNS.findall(max(one, other))
    longest = max(len(mine), len(others))
    # 2,000: words of a text that is compared word by word; two longer ones are compared by those who ask.
    if longest > 2_000:
        return None
    changes = list(_changes(mine, others))
    # 0.15: part of the longer text's words that may be others.
    if sum(max(len(left), len(right)) for left, right in changes) > 0.15 * longest:
        return False
    here, there = {word.lower() for word in mine}, {word.lower() for word in others}
    return all(_is_spelling(left, right, there) and _is_spelling(right, left, here) for left, right in changes)


def _changes(mine: Sequence[str], others: Sequence[str]) -> Iterator[tuple[Sequence[str], Sequence[str]]]:
    """The words that stand in one in place of those in the other, without regard to case and to how small numbers are written."""
    from rapidfuzz.distance import Indel  # which is for those who write

    left, right = ([_NUMBERS.get(word.lower(), word.lower()) for word in words] for words in (mine, others))
    start = other_start = 0
    for same in Indel.editops(left, right).as_matching_blocks():  # the last one, of no words, ends both
        if (start, other_start) != (same.a, same.b):
            yield mine[start : same.a], others[other_start : same.b]
        start, other_start = same.a + same.size, same.b + same.size


def _is_spelling(words: Sequence[str], instead: Sequence[str], elsewhere: set[str]) -> bool:
    """Whether the other text has every name and number among the words, there or elsewhere."""
    if "".join(words).lower() == "".join(instead).lower():
        return True
    other_names = any(map(_is_particular, instead))  # one name in place of another, even if both stand elsewhere
    particular = (word for word in filter(_is_particular, words) if other_names or word.lower() not in elsewhere)
    return all(any(_is_like(word, other) for other in instead) for word in particular)


def _is_particular(word: str) -> bool:
    is_name = len(word) > 1 and word[0].isupper()
    return is_name or any(map(str.isdigit, word)) or bool(_TELLING.fullmatch(word.lower()))


def _is_like(name: str, other: str) -> bool:
    from rapidfuzz.distance import Indel

    # 0.9: likeness of two spellings of one name, by their longest common subsequence: Mniseminarium and Miniseminarium .96, two parties up to .81.
    return not any(map(str.isdigit, name)) and Indel.normalized_similarity(name.lower(), other.lower()) >= 0.9
