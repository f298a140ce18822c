"""Which of several files that give a document is believed."""

from __future__ import annotations

from indexer.catalogue import CandidateVersion
from indexer.corpus import CorpusFile
from indexer.documents import Document, Medium
from indexer.fields import digest_of, stored_of


def candidate_version_of(document: Document, file: CorpusFile) -> CandidateVersion:
    """A file's claim to a document: what was fetched last beats, then the later date, what was added later, the content.

    An entry of a feed is often cut short, so it never beats the page. The content is what stands in the source, also what
    is left out of the text: that changes as more is learned of a host.
    """
    page = int(document.medium is not Medium.ENTRY)
    published = document.published.value if document.published else ""
    content = digest_of("\n".join([document.title, *sorted({*document.text.splitlines(), *document.boilerplate})]))
    rank = f"{page} {document.fetched_at} {published} {file.added} {content}"
    seen = document.fetched_at or file.added
    return CandidateVersion(document.id, file.source.origin, rank, digest_of(stored_of(document)), seen[:10])
