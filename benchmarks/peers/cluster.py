"""This project with its index in OpenSearch: the same node that the peer of that name has, on one machine."""

from __future__ import annotations

from pathlib import Path

from msgspec.structs import replace

from benchmarks.peers.opensearch import HEAP, OpenSearch
from benchmarks.peers.regionsok import OnTantivy


class OnOpensearch(OnTantivy):
    """The engine beyond one machine, on one."""

    engine = "opensearch"
    limit = 100_000
    advice = f"as installed, beside one node of OpenSearch with a heap of {HEAP}; what it costs is one machine's: analysis and questions in one process, postings in another"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._node = OpenSearch(folder)

    def missing(self) -> str | None:
        """What keeps the node from being started."""
        return self._node.missing()

    def start(self) -> None:
        """The node."""
        self._node.start()
        self.settings = replace(self.settings, opensearch_hosts=(f"http://127.0.0.1:{self._node.port}",))

    def stop(self) -> None:
        """The node."""
        self._node.stop()

    def processes(self) -> list[int]:
        """The node; what asks it is this process."""
        return self._node.processes()
