"""The peers, a module each; only the one that is measured is loaded, so that no other's imports count."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from benchmarks.peers.protocol import Peer

OURS = "Regionsök on Tantivy"
HTTP = "Regionsök over HTTP"
HTTP_AS_PEERS = "Regionsök over HTTP with two facets"
PEERS = {
    OURS: ("regionsok", "OnTantivy"),
    HTTP: ("regionsok", "OverHttp"),
    HTTP_AS_PEERS: ("regionsok", "OverHttpAsPeers"),
    "Regionsök on Whoosh": ("regionsok", "OnWhoosh"),
    "Regionsök on OpenSearch": ("cluster", "OnOpensearch"),
    "bare tantivy-py": ("bare_tantivy", "BareTantivy"),
    "SQLite FTS5": ("fts5", "Fts5"),
    "Xapian": ("xapian", "Xapian"),
    "PostgreSQL": ("postgresql", "PostgreSQL"),
    "OpenSearch": ("opensearch", "OpenSearch"),
}
"""Name -> module and class."""
SAME_INDEX = {HTTP: OURS, HTTP_AS_PEERS: OURS}
"""Who asks the index that another has built."""


def kind_of(name: str) -> type[Peer]:
    """The class of a peer."""
    module, name = PEERS[name]
    found: type[Peer] = getattr(import_module(f"benchmarks.peers.{module}"), name)
    return found


def folder_of(name: str, work: Path, documents: int | str) -> Path:
    """Where a peer keeps its index of so many documents, or of a judged set."""
    return work / SAME_INDEX.get(name, name).replace(" ", "-") / str(documents)
