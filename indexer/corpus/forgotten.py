"""What was forgotten leaves only salted fingerprints: enough to know it again, not to tell what it was."""

import re
from collections.abc import Collection
from hashlib import blake2b

from indexer.documents import Document
from indexer.urls import canonical_address


def fingerprints(document: Document, salt: str) -> set[str]:
    """Of a document's id, address and words; `salt` is hexadecimal and belongs to one corpus.

    >>> one, other = Document("a", "", "Anna bor här."), Document("b", "", "anna  bor här")
    >>> len(fingerprints(one, "00") & fingerprints(other, "00"))
    1
    """
    made = {_fingerprint(f"id {document.id}", salt)}
    if document.url:
        made.add(fingerprint_of(document.url, salt))
    if words := " ".join(re.findall(r"\w+", document.text.lower())):
        made.add(_fingerprint(f"text {words}", salt))
    return made


def fingerprint_of(url: str, salt: str) -> str:
    """That of an address, as it is among those of its document."""
    return _fingerprint(f"address {canonical_address(url)}", salt)


def _fingerprint(said: str, salt: str) -> str:
    return blake2b(said.encode("utf-8", "replace"), key=bytes.fromhex(salt)[:64], digest_size=20).hexdigest()


def is_forgotten(document: Document, forgotten: Collection[str], salt: str) -> bool:
    """Whether a document has the id, the address or the words of one that was forgotten."""
    return bool(forgotten) and not fingerprints(document, salt).isdisjoint(forgotten)
