"""Which documents are one release: they share most of their shingles, at one time, and nothing tells them apart.

A text is cut into shingles of some eight words where the words themselves say (content-defined chunking), so that new lines,
a cut or a changed word cost only the shingles they touch. Every pair that is confirmed shares a shingle, so shingles find the
candidates too: no sketch and no library. FINDINGS 9 had MinHash and shared paragraphs; docs/duplicates.md compares.

One publisher seldom publishes a release twice, but often fills one form again and again (a seminar with each party, a
treaty with each island), so two texts of one need one title, and nearly the same wording with the same names and numbers.
"""

from __future__ import annotations

import json
import re
from array import array
from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import date
from hashlib import blake2b
from itertools import accumulate
from zlib import crc32

from msgspec import Struct

from indexer.documents import Document
from indexer.metadata.regions import Region, read_regions
from indexer.metadata.regions.gazetteer import is_county
from indexer.swedish.tokens import runs
from indexer.urls import host_of

LEAST = 500
"""Letters and digits, some 600 characters, of a text that can be told from its form: shorter ones look alike (FINDINGS 9)."""
SHARED = 0.5
"""Part of the shorter text that both have (FINDINGS 9)."""
SHARED_CLOSELY = 0.97
"""Part of the longer text that both have, of two of one publisher too long to be compared word by word."""
DAYS = 30
"""Between two publications of one release (FINDINGS 9)."""
LEAD = 200
"""Characters at the beginning of a text in which it says its own number."""
_NUMBERED = re.compile(r"\b\d{4}(?:/\d{2,4})?:\d+\b")
_SHORTEST = 25
"""Letters and digits of a shingle but the last; with one word in four as an end, shingles have some 50."""
_ENDS = 4
_LONGEST = 120
"""Letters and digits after which a shingle ends in any case; with one more word, cut to as many, it stays below 256."""
_CUT = re.compile(rf"[^\W_]{{1,{_LONGEST}}}")
REMEMBERED = 60_000
"""Words of which it is remembered whether a shingle may end with them."""


class TextFingerprint(Struct, frozen=True):
    """What is kept of a document to know its release again."""

    id: str
    first: int
    """First day that it may have been published, as a proleptic ordinal; 0 is unknown."""
    last: int
    publisher: str
    title: str
    """In lower case, letters and digits only."""
    counties: frozenset[str]
    """Those that its title names, else those that it is about."""
    numbers: frozenset[str]
    """What it is numbered by: Prop. 2009/10:25."""
    shingles: dict[int, int]
    """Hash of a shingle, 64 bits with sign -> its letters and digits."""

    @property
    def length(self) -> int:
        """Letters and digits."""
        return sum(self.shingles.values())

    def packed(self) -> tuple[str, bytes]:
        """As `unpacked` reads it: the facts of the text as JSON, and its shingles in 9 bytes each."""
        facts = [self.first, self.last, self.publisher, self.title, sorted(self.counties), sorted(self.numbers)]
        shingles = array("q", self.shingles).tobytes() + bytes(self.shingles.values())
        return json.dumps(facts, ensure_ascii=False), shingles

    @classmethod
    def unpacked(cls, id: str, facts: str, packed: bytes) -> TextFingerprint:
        """From what `packed` gave."""
        first, last, publisher, title, counties, numbers = json.loads(facts)
        hashes = len(packed) // 9 * 8
        shingles = dict(zip(array("q", packed[:hashes]), packed[hashes:], strict=True))
        return cls(id, first, last, publisher, title, frozenset(counties), frozenset(numbers), shingles)


def text_fingerprint_of(document: Document) -> TextFingerprint | None:
    """What is kept of a document; None where its text is too short to be known by."""
    shingles = {hash_of(shingle): len(shingle) for shingle in _shingles(document.text)}
    if sum(shingles.values()) < LEAST:
        return None
    published = document.published
    first, last = (_ordinal(published.value), _ordinal(published.last_day)) if published else (0, 0)
    counties = _counties(read_regions(document.title, "")) or _counties(
        region for region in document.regions if region.about
    )
    title, publisher = document.title, (host_of(document.url) or document.source or "").partition("/")[0].lower()
    numbers = frozenset(_NUMBERED.findall(f"{title} {document.text[:LEAD]}"))
    return TextFingerprint(document.id, first, last, publisher, _letters(title), counties, numbers, shingles)


def _shingles(text: str) -> Iterator[str]:
    words = _words(text)
    letters, start = "".join(words), 0
    for end, may_end in zip(accumulate(map(len, words)), map(_may_end.__getitem__, words), strict=True):
        if end - start >= _SHORTEST and (may_end or end - start >= _LONGEST):
            yield letters[start:end]
            start = end
    if letters[start:]:
        yield letters[start:]


def _words(text: str) -> list[str]:
    """In lower case; a longer one than a shingle as several."""
    words = runs(text)
    return words if max(map(len, words), default=0) <= _LONGEST else _CUT.findall(text.lower())


class _MayEnd(dict[str, bool]):
    """Word -> whether a shingle may end with it."""

    def __missing__(self, word: str) -> bool:
        if len(self) >= REMEMBERED:
            self.clear()
        self[word] = may_end = not crc32(word.encode("utf-8", "replace")) % _ENDS
        return may_end


_may_end = _MayEnd()


def _counties(regions: Iterable[Region]) -> frozenset[str]:
    return frozenset(region.value for region in regions if is_county(region.value))


def _letters(text: str) -> str:
    return "".join(runs(text))


def _ordinal(iso: str) -> int:
    return date.fromisoformat(iso).toordinal()


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
    if dated and max(one.first, other.first) - min(one.last, other.last) > DAYS:
        return False
    shared = sum(one.shingles[shingle] for shingle in one.shingles.keys() & other.shingles.keys())
    if same_publisher or not dated:
        longest = max(one.length, other.length)
        if shared < SHARED * longest:
            return False
        from indexer.deduplication.word_diffs import says_the_same  # rapidfuzz is for those who write

        same = says_the_same(text_of(one.id), text_of(other.id))
        return shared >= SHARED_CLOSELY * longest if same is None else same
    return shared >= SHARED * min(one.length, other.length)


def canonical_of(members: Iterable[TextFingerprint]) -> str:
    """The id of the one that stands for a release: the earliest, then the longest, then the first by id."""
    return min(
        members, key=lambda fingerprint: (not fingerprint.first, fingerprint.first, -fingerprint.length, fingerprint.id)
    ).id


def group_of(id: str, partners: Callable[[str], Collection[str]]) -> set[str]:
    """All that a document is one release with, itself too, directly or over others: the same from whichever is asked."""
    group, left = {id}, [id]
    while left:
        new = set(partners(left.pop())) - group
        group |= new
        left += new
    return group
