"""The ledger: the facts about corpus/ that its files do not hold, in one file of JSON, and what each of them means for a document.

A correction wins over what was read, and says so. What was forgotten leaves only salted fingerprints: enough to know it again,
not to tell what it was. Which crawled pages left or came back is durable the moment that it is seen: the process that crawls
appends it to a journal, and who holds the lock of all that write takes it into the ledger, the command that crawls when it
begins and ends, and every index run. So a kill of either loses none.
"""

import logging
import os
import re
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path
from typing import Annotated

from msgspec import DecodeError, Meta, MsgspecError, Struct, json, structs

from indexer.documents import Document, canonical_address
from indexer.durable import locked, sync_folder, write_durably
from indexer.facets import FACETS, UNKNOWN
from indexer.faults import Fault, cause_of, naming
from indexer.metadata.dates import instant, parse_date, plausible_date
from indexer.metadata.regions import given_regions

LEDGER = Path(".regionsok") / "ledger.json"
DEPARTURES = LEDGER.with_name("departures.jsonl")
FIRST_SEEN = LEDGER.with_name("seen.sqlite")
"""Written by the catalogue, in the same commits."""
log = logging.getLogger(__package__)


class CorpusError(Fault):
    """A corpus that cannot be read or written; the message is a Swedish sentence."""


class CorrectionError(Fault):
    """A correction that cannot be made; the message is a Swedish sentence. `about` is what is wrong of what was stated, if anything."""

    def __init__(self, message: str, about: str = "") -> None:
        super().__init__(message)
        self.about = about


class Correction(Struct, frozen=True):
    """What is right, as stated; None is as it was read."""

    day: str
    """ISO 8601, the instant that it was stated; in older ledgers the day."""
    date: str | None
    """A date, or `okant`."""
    regions: tuple[str, ...] | None
    """What the document is about; `hela-landet` alone: no region."""
    kind: str | None = None
    """One of KINDS, or `okant`."""


class Said(Struct, frozen=True, omit_defaults=True):
    """What the ledger says of one document and people decide: by name, what its dictionary of that name has; empty: nothing."""

    removed: str = ""
    hidden: list[str] = []
    corrected: Correction | None = None
    related: dict[str, bool] = {}


class Decision(Struct, frozen=True):
    """That a person changed what the ledger says of a document."""

    at: str
    """ISO 8601, in UTC; of one document no two have the same."""
    who: str
    why: str
    before: Said


class Ledger(Struct, forbid_unknown_fields=True):
    """What people and the crawler decided of documents, and what was stated with added files."""

    removed: dict[str, str] = {}
    """Id -> the day it was removed; its file stays, the document is not indexed."""
    gone: dict[str, str] = {}
    """Id -> the day its address was found to be gone, or no longer wished to be read; its file stays until it is back."""
    forgotten: list[str] = []
    """Fingerprints of what must not come back, made with `salt`."""
    salt: Annotated[str, Meta(pattern="^([0-9a-f]{2})*$")] = ""
    hidden: dict[str, list[str]] = {}
    """Id -> the names of people that a document does not answer questions for."""
    corrected: dict[str, Correction] = {}
    """Id -> what a person has set right."""
    related: dict[str, dict[str, bool]] = {}
    """Id -> another's id -> whether both are one release, or never are; it stands at both."""
    decisions: dict[str, list[Decision]] = {}
    """Id -> what was decided of it, in order; also that something was taken back."""
    given: dict[str, dict[str, str]] = {}
    """Origin -> what was stated to `add`: url, published, source, title, and `added`, when."""

    def said_of(self, id: str) -> Said:
        """What it says of a document."""
        return Said(**{name: getattr(self, name)[id] for name in Said.__struct_fields__ if id in getattr(self, name)})

    def say(self, id: str, said: Said) -> None:
        """Say that of a document, and nothing else; what relates it to another of that one too."""
        for other in {*self.related.get(id, ()), *said.related}:
            self.relate(id, other, said.related.get(other))
        for name, value in structs.asdict(said).items():
            getattr(self, name).pop(id, None)
            getattr(self, name).update({id: value} if value else {})

    def relate(self, id: str, other: str, same: bool | None) -> None:
        """Say whether two documents are one release, at both; None: nothing."""
        for one, partner in ((id, other), (other, id)):
            related = {**self.related.pop(one, {}), partner: same}
            if said := {key: value for key, value in related.items() if value is not None}:
                self.related[one] = said

    def forget(self, document: Document) -> None:
        """Know a document again by its id, address and words, and nothing else that was said of it."""
        self.say(document.id, Said())
        self.decisions.pop(document.id, None)
        for decision in sum(self.decisions.values(), []):
            decision.before.related.pop(document.id, None)
        self.salt = self.salt or secrets.token_hex(32)
        self.forgotten = sorted({*self.forgotten, *fingerprints(document, self.salt)})

    def forgets(self, document: Document) -> bool:
        """Whether a document has the id, the address or the words of one that was forgotten."""
        return bool(self.forgotten) and not fingerprints(document, self.salt).isdisjoint(self.forgotten)


def read_ledger(corpus: Path) -> Ledger:
    """The ledger of a corpus, to look at. Raises CorpusError when it is broken: guessing could bring back what was removed."""
    path = corpus / LEDGER
    try:
        return json.decode(path.read_bytes(), type=Ledger)
    except FileNotFoundError:
        return Ledger()
    except (OSError, ValueError, MsgspecError) as error:
        cause = cause_of(error) or f"{error}; rätta filen eller återställ en kopia"
        raise CorpusError(f"Liggaren {path} går inte att läsa: {cause}.") from error


@contextmanager
def changing(corpus: Path) -> Iterator[Ledger]:
    """The ledger, to change: on leaving it is written whole and durably if it is another, and not at all after an exception.

    For who holds the lock. Raises CorpusError and OSError.
    """
    ledger = read_ledger(corpus)
    before = json.encode(ledger)
    yield ledger
    if (after := json.encode(ledger)) != before:
        (corpus / LEDGER).parent.mkdir(parents=True, exist_ok=True)
        write_durably(corpus / LEDGER, json.format(after, indent=1))
        sizes = {name: len(getattr(ledger, name)) for name in ("removed", "gone", "forgotten", "hidden", "corrected")}
        log.info("ledger written", extra=sizes)


def state(ledger: Ledger, origin: str, facts: Mapping[str, str]) -> None:
    """Note what is stated with an added file, and when; facts stated earlier stay unless they are stated anew."""
    before = ledger.given.get(origin)
    if before is None or not facts.items() <= before.items():
        ledger.given[origin] = (before or {}) | {"added": now()} | dict(facts)


def now() -> str:
    """The moment of a decision, ISO 8601 in UTC."""
    return datetime.now(UTC).isoformat(timespec="microseconds")


def today() -> str:
    """The day that a decision is dated, ISO 8601 in UTC."""
    return datetime.now(UTC).date().isoformat()


def correction(day: str, date: str | None, regions: Sequence[str], kind: str | None = None) -> Correction:
    """A correction that can be applied. Raises CorrectionError."""
    try:
        given_regions(regions)
    except ValueError as error:
        raise CorrectionError(str(error), "regions") from error
    if date is not None and date != UNKNOWN and not plausible_date(date):
        reason = f"Datumet ”{date}” går inte att läsa; skriv 2019-03-12, 2019-03, 2019 eller {UNKNOWN}."
        raise CorrectionError(reason, "date")
    if kind and not FACETS["kind"].read(kind):
        raise CorrectionError(f"Typen ”{kind}” {FACETS['kind'].refusal}", "kind")
    return Correction(day, date, tuple(regions) or None, FACETS["kind"].read(kind) if kind else None)


def corrected(document: Document, change: Correction | None) -> Document:
    """The document with a correction applied; regions that it no longer is about are still named.

    >>> corrected(Document("a", "", ""), Correction("2026-11-24", "2019-03", None)).published
    Dated(value='2019-03-01', precision='month', evidence='rättat 2026-11-24')
    """
    if change is None:
        return document
    evidence = f"rättat {change.day[:10]}"
    document = structs.replace(document, corrected=instant(change.day) or "")
    if change.date is not None:
        document = structs.replace(document, published=parse_date(change.date, evidence))
    if change.kind is not None:
        document = structs.replace(document, kind=change.kind.replace(UNKNOWN, "") or None, kind_evidence=evidence)
    if change.regions is not None:
        about = [structs.replace(region, evidence=evidence) for region in given_regions(change.regions)]
        stated = {region.value for region in about}
        others = (structs.replace(region, about=False) for region in document.regions if region.value not in stated)
        document = structs.replace(document, regions=(*about, *others))
    return document


def fingerprints(document: Document, salt: str) -> set[str]:
    """Of a document's id, address and words; `salt` is hexadecimal and belongs to one corpus.

    >>> one, other = Document("a", "", "Anna bor här."), Document("b", "", "anna  bor här")
    >>> len(fingerprints(one, "00") & fingerprints(other, "00"))
    1
    """
    words = " ".join(re.findall(r"\w+", document.text.lower()))
    address = document.url and f"address {canonical_address(document.url)}"
    said = filter(None, (f"id {document.id}", words and f"text {words}", address))
    key = bytes.fromhex(salt)[:64]
    return {blake2b(one.encode("utf-8", "replace"), key=key, digest_size=20).hexdigest() for one in said}


class Departure(Struct, frozen=True):
    """What became of the document of one address."""

    id: str
    day: str = ""
    """ISO 8601, when it left; empty: it is back."""


def note(corpus: Path, departures: Sequence[Departure]) -> None:
    """Append, durably, if there are any. Raises Fault."""
    if not departures:
        return
    with naming(corpus / DEPARTURES), locked(corpus / DEPARTURES) as journal:
        # A kill may have cut the last line short.
        journal.write(b"".join(b"\n" + json.encode(departure) for departure in departures))
        journal.flush()
        os.fsync(journal.fileno())
        sync_folder((corpus / DEPARTURES).parent)


def settle(corpus: Path) -> None:
    """Take all that is noted into the ledger, for who holds the lock. Raises CorpusError, OSError."""
    if not (corpus / DEPARTURES).exists():
        return
    with locked(corpus / DEPARTURES) as journal:
        journal.seek(0)
        with changing(corpus) as ledger:
            for line in journal:
                with suppress(DecodeError):  # cut short, so nothing went on after it
                    departure = json.decode(line, type=Departure)
                    ledger.gone.pop(departure.id, None)
                    if departure.day:
                        ledger.gone[departure.id] = departure.day
        journal.truncate(0)
