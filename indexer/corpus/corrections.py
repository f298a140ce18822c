"""What a person has set right of a document: it wins over what was read, and says so."""

from collections.abc import Sequence

from msgspec import Struct, structs

from indexer.documents import Document
from indexer.facets import UNKNOWN
from indexer.faults import Fault
from indexer.metadata.dates import parse_date, plausible_date
from indexer.metadata.regions import given_regions


class CorrectionError(Fault):
    """A correction that cannot be made; the message is a Swedish sentence."""


class Correction(Struct, frozen=True):
    """What is right, as stated; None is as it was read."""

    day: str
    """ISO 8601, when it was stated."""
    date: str | None
    """A date, or `okant`."""
    regions: tuple[str, ...] | None
    """What the document is about; `hela-landet` alone: no region."""


def correction(day: str, date: str | None, regions: Sequence[str]) -> Correction:
    """A correction that can be applied. Raises CorrectionError."""
    try:
        given_regions(regions)
    except ValueError as error:
        raise CorrectionError(str(error)) from error
    if date is not None and date != UNKNOWN and not plausible_date(date):
        raise CorrectionError(f"Datumet ”{date}” går inte att läsa; skriv 2019-03-12, 2019-03, 2019 eller {UNKNOWN}.")
    return Correction(day, date, tuple(regions) or None)


def corrected(document: Document, change: Correction | None) -> Document:
    """The document with a correction applied; regions that it no longer is about are still named.

    >>> corrected(Document("a", "", ""), Correction("2026-11-24", "2019-03", None)).published
    Dated(value='2019-03-01', precision='month', evidence='rättat 2026-11-24')
    """
    if change is None:
        return document
    evidence = f"rättat {change.day}"
    if change.date is not None:
        document = structs.replace(document, published=parse_date(change.date, evidence))
    if change.regions is not None:
        about = [structs.replace(region, evidence=evidence) for region in given_regions(change.regions)]
        stated = {region.value for region in about}
        others = (structs.replace(region, about=False) for region in document.regions if region.value not in stated)
        document = structs.replace(document, regions=(*about, *others))
    return document
