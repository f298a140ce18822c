"""What is to be done: files, the ledger, what the catalogue has and documents in, intents out. Touches no disk, no engine and no SQLite."""

import json
import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from enum import Enum

from msgspec import Struct, structs

from indexer.catalogue import CandidateVersion
from indexer.corpus import CorpusFile, Correction, Ledger, corrected
from indexer.documents import Document, Medium
from indexer.fields import digest_of, stored_of

log = logging.getLogger(__package__)
"""What a run did and why, in all of this folder."""


class Verdict(Enum):
    """What a document that was read means for the index."""

    ADDED = "added"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    BEATEN = "beaten"
    """Another version of it is indexed."""
    REMOVED = "removed"
    """The id was removed by a person and is not taken in again."""
    OVER = "over"
    """The last day that its publisher lets it be found has passed."""
    FORGOTTEN = "forgotten"
    """It was forgotten, and leaves the file."""


INDEXED = (Verdict.ADDED, Verdict.UPDATED, Verdict.UNCHANGED)


class Withdraw(Struct, frozen=True):
    """The catalogue drops the version of a document that a file gave, or every version."""

    id: str
    path: str | None = None


class ReadAgain(Struct, frozen=True):
    """Every file that gives a version of a document is to be read from its beginning."""

    id: str


class Write(Struct, frozen=True):
    """The engine takes a document."""

    document: Document
    replaces: bool
    """Whether the engine has an earlier version."""


class Rewrite(Struct, frozen=True):
    """The engine takes an indexed document that only its correction has changed."""

    document: Document


class Delete(Struct, frozen=True):
    """A document leaves the engine, and what the catalogue has of its text."""

    id: str


Intent = CandidateVersion | Withdraw | ReadAgain | Write | Rewrite | Delete
"""A version is entered in place of the one that its file gave."""


def refused(document: Document, ledger: Ledger) -> Verdict | None:
    """Why the ledger keeps a document out of the index, where it does."""
    if ledger.forgets(document):
        return Verdict.FORGOTTEN
    return Verdict.REMOVED if document.id in ledger.removed or document.id in ledger.gone else None


def decide_document(
    document: Document, file: CorpusFile, ledger: Ledger, entered: Sequence[CandidateVersion], round: int
) -> tuple[Verdict, Sequence[Intent]]:
    """What a document of a file means, with the versions of it that the catalogue has: it is indexed where it beats those of all other files.

    What a person removed may come back: it is known which files give it.
    """
    if (kept_out := refused(document, ledger)) and (kept_out is Verdict.FORGOTTEN or document.id not in ledger.removed):
        return kept_out, ()
    change = ledger.corrected.get(document.id)
    version = structs.replace(candidate_version_of(document, file, change), round=round)
    earlier = next((one for one in entered if one.path == version.path), None)
    if earlier and earlier.round == round and not version.precedence > earlier.precedence:
        return kept_out or Verdict.BEATEN, ()  # the file gives the id twice
    if kept_out:
        return kept_out, (version,)
    if not all(version.beats(one) for one in entered if one is not earlier):
        again = earlier and (earlier.indexed or earlier.until and structs.replace(earlier, round=round) != version)
        if earlier and earlier.indexed:
            # The engine has it until the better version, which is read again, takes its place.
            version = structs.replace(version, digest=earlier.digest, indexed=True)
        return Verdict.BEATEN, (version, ReadAgain(version.id)) if again else (version,)
    indexed = next((one for one in entered if one.indexed), None)
    version, document = structs.replace(version, indexed=True), corrected(document, change)
    if indexed and indexed.digest == version.digest:
        return Verdict.UNCHANGED, (version,)
    return Verdict.UPDATED if indexed else Verdict.ADDED, (version, Write(document, replaces=indexed is not None))


def decide_over(id: str, verdict: Verdict, intents: Sequence[Intent]) -> tuple[Verdict, Sequence[Intent]]:
    """What is decided of a document whose last day has passed: its version beats others as before, and it is not indexed."""
    if verdict not in INDEXED:
        return verdict, intents
    entered = [structs.replace(one, indexed=False) for one in intents if isinstance(one, CandidateVersion)]
    return Verdict.OVER, [*entered, *([] if verdict is Verdict.ADDED else [Delete(id)])]


def decide_correction(original: Document, ledger: Ledger, entered: CandidateVersion) -> Iterator[Intent]:
    """What another correction means for a document that one file gives, as it stands there."""
    document = corrected(original, ledger.corrected.get(original.id))
    version = structs.replace(entered, digest=digest_of(stored_of(document)))
    if version != entered:
        yield from (version, Rewrite(document))


def candidate_version_of(document: Document, file: CorpusFile, change: Correction | None = None) -> CandidateVersion:
    """A document as a file gives it. What beats what is decided by what stands in the source: not by corrections, and also by the lines left out,
    which change as more is learned of a host.
    """
    content = digest_of("\n".join([document.title, *sorted({*document.text.splitlines(), *document.boilerplate})]))
    is_page, published = document.medium is not Medium.ENTRY, document.published.value if document.published else ""
    precedence = (is_page, document.fetched_at, published, file.added, content)
    digest = digest_of(stored_of(corrected(document, change)))
    return CandidateVersion(document.id, file.source.origin, *precedence, digest, document.until)


def decide_withdrawals(path: str, not_given: Iterable[tuple[str, bool]]) -> Iterator[Intent]:
    """For versions, by id and whether others wait behind them, that a file no longer gives: other files' versions take their place."""
    for id, indexed in not_given:
        yield Withdraw(id, path)
        if indexed:
            yield from (ReadAgain(id), Delete(id))


class Stored(Struct, frozen=True):
    """What the catalogue has of corpus/ and its ledger."""

    stamps: Mapping[str, str]
    paths: Set[str]
    """Of every file that it has anything of."""
    indexed: Set[str]
    corrections: Mapping[str, str]
    hidden: Set[tuple[str, str]]
    over: Set[str] = frozenset()
    """Ids of indexed documents whose last day has passed."""
    pairs: Set[tuple[str, str, bool]] = frozenset()
    """Two documents, either way round, and whether a person says that they are one."""


class Differences(Struct, frozen=True):
    """Between corpus/ with its ledger and the catalogue."""

    gone: tuple[str, ...]
    """Paths of files that were deleted."""
    left_out: tuple[str, ...]
    """Ids of indexed documents whose address is gone."""
    corrected: tuple[str, ...]
    """Ids with another correction than before, or that were removed or no longer are."""
    hiding: bool
    """Whether other names are hidden than before, or other documents stated to be one or not to be."""
    unread: tuple[CorpusFile, ...]
    """New and changed files."""
    over: tuple[str, ...] = ()
    """Ids of indexed documents that were removed, or whose last day has passed; their versions stay known."""

    def __bool__(self) -> bool:
        return any((self.gone, self.left_out, self.corrected, self.hiding, self.unread, self.over))


def differences(files: Sequence[CorpusFile], ledger: Ledger, stored: Stored) -> Differences:
    """What has changed since the last run."""
    return Differences(
        gone=tuple(sorted(stored.paths - {file.source.origin for file in files})),
        left_out=tuple(sorted(ledger.gone.keys() & stored.indexed)),
        corrected=tuple(sorted({id for id, _ in packed_corrections(ledger).items() ^ stored.corrections.items()})),
        hiding=(hidden_names(ledger), stated_pairs(ledger)) != (stored.hidden, stored.pairs),
        unread=tuple(unread(files, stored.stamps)),
        over=tuple(sorted((stored.over | ledger.removed.keys() & stored.indexed) - ledger.gone.keys())),
    )


def unread(files: Iterable[CorpusFile], stamps: Mapping[str, str]) -> list[CorpusFile]:
    """The files that are not, as they are now, read to their end."""
    return [file for file in files if stamps.get(file.source.origin) != file.stamp]


def decide_ledger(changes: Differences) -> Sequence[Intent]:
    """What a changed ledger and another day ask for."""
    return [*map(Withdraw, changes.left_out), *map(Delete, (*changes.left_out, *changes.over))]


def packed_corrections(ledger: Ledger) -> dict[str, str]:
    """Id -> its correction or that it was removed, as the catalogue keeps it."""
    packed = {id: json.dumps(structs.asdict(correction)) for id, correction in ledger.corrected.items()}
    return packed | dict.fromkeys(ledger.removed, "removed")


def hidden_names(ledger: Ledger) -> set[tuple[str, str]]:
    """Id and name of every document that does not answer for a name."""
    return {(id, name) for id, names in ledger.hidden.items() for name in names}


def stated_pairs(ledger: Ledger) -> set[tuple[str, str, bool]]:
    """Two documents, either way round, and whether they are one."""
    return {(id, other, same) for id, related in ledger.related.items() for other, same in related.items()}
