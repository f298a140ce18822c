"""A cluster of three OpenSearch nodes in one process, by the runner that the benchmark has."""

from __future__ import annotations

import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

from opensearchpy import OpenSearch

from benchmarks.peers import opensearch as runner
from indexer.durable import locked
from indexer.settings import Settings

NODES = 3
HEAP = "512m"
_PATIENCE = 120
"""Seconds that a loaded machine has for a start."""
_CONFIG = """
transport.port: {first}-{last}
discovery.seed_hosts: [{seeds}]
cluster.routing.allocation.disk.threshold_enabled: false
indices.replication.max_bytes_per_sec: 200mb
"""
"""As deploy/ has it. Nodes of other clusters on the machine take the ports where these would look for each other."""
_TRANSPORT = range(20_000, 32_000, 10)
_HTTP = range(9_200, 9_296, NODES)
"""The ports of the runner end at 9299."""


class Cluster:
    """Runs until `stop`, and holds whatever the tests put there under prefixes of their own."""

    def __init__(self, hosts: tuple[str, ...], process: subprocess.Popen[bytes]) -> None:
        self.hosts = hosts
        self.process = process
        self.client = OpenSearch([*hosts], timeout=60)

    def settings(self, **options: Any) -> Settings:
        """Settings of the engine, under a prefix that nothing else has."""
        options = {"opensearch_hosts": self.hosts, "opensearch_prefix": f"t{uuid4().hex[:12]}"} | options
        return Settings(engine="opensearch", **options)

    @contextmanager
    def shards(self, settings: Settings, number: int, **others: object) -> Iterator[None]:
        """What is made under the prefix meanwhile has so many shards, each once."""
        name, wanted = settings.opensearch_prefix, {"number_of_shards": number, **others}
        body = {"index_patterns": [f"{name}*"], "template": {"settings": {"index": wanted}}}
        self.client.indices.put_index_template(name=name, body=body)
        try:
            yield
        finally:
            self.client.indices.delete_index_template(name=name)


@contextmanager
def running(nodes: int = NODES, heap: str = HEAP) -> Iterator[Cluster]:
    """A cluster of its own, with a name of its own; `runner.missing` has nothing to say."""
    with ExitStack() as at_end:
        folder = Path(at_end.enter_context(tempfile.TemporaryDirectory()))
        at_end.callback(shutil.rmtree, folder / "home", ignore_errors=True)
        process = _started(folder, nodes, heap)
        at_end.callback(_end, process)
        port = _waited(process, folder / "log", _first_port)
        with closing(OpenSearch([f"http://127.0.0.1:{port}"], timeout=_PATIENCE)) as first:
            awaited = f"wait_for_nodes={nodes}&wait_for_status=green&timeout={_PATIENCE}s"
            first.transport.perform_request("GET", f"/_cluster/health?{awaited}")
            found = first.nodes.info(metric="http")["nodes"].values()
        cluster = Cluster(tuple(sorted(f"http://{node['http']['publish_address']}" for node in found)), process)
        at_end.callback(cluster.client.close)
        yield cluster


def _started(folder: Path, nodes: int, heap: str) -> subprocess.Popen[bytes]:
    # Several start at once: ports are looked for and taken one after the other.
    with locked(Path(tempfile.gettempdir()) / "regionsok-cluster.lock"):
        first = next(port for port in _TRANSPORT if _are_free(range(port, port + nodes)))
        seeds = ", ".join(f'"127.0.0.1:{port}"' for port in range(first, first + nodes))
        (folder / "config").mkdir()
        config = _CONFIG.format(first=first, last=first + nodes - 1, seeds=seeds)
        (folder / "config" / "opensearch.yml").write_text(config, encoding="utf-8")
        port = next(port for port in _HTTP if _are_free(range(port + 1, port + 1 + nodes)))
        options = {"basePath": folder / "home", "confPath": folder / "config", "numOfNode": nodes, "baseHttpPort": port}
        with (folder / "log").open("wb") as log:
            command = runner.command(heap, **options, clusterName=f"regionsok-{uuid4().hex}")
            process = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder)
        _waited(process, folder / "log", _first_port)
    return process


def _waited(process: subprocess.Popen[bytes], log: Path, found: Callable[[str], Any]) -> Any:
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end and process.poll() is None:
        if (what := found(log.read_text(encoding="utf-8", errors="replace"))) is not None:
            return what
        time.sleep(0.2)
    _end(process)
    raise RuntimeError(
        f"the cluster did not start ({process.poll()}): {log.read_text(encoding='utf-8', errors='replace')[-2_000:]}"
    )


def passed_on(one: socket.socket, other: socket.socket) -> None:
    """All bytes from one to the other, until either ends."""
    with suppress(OSError):
        while some := one.recv(65_536):
            other.sendall(some)


def _first_port(said: str) -> str | None:
    """Of the node that answers first; what the runner says of the others goes elsewhere."""
    port = re.search(r"HttpServerTransport *\] publish_address \{127.0.0.1:(\d+)\}(?s:.)*?\] started", said)
    return port and port[1]


def _are_free(ports: range) -> bool:
    """Whether nobody listens at them."""

    def is_free(port: int) -> bool:
        with socket.socket() as tried:
            return tried.connect_ex(("127.0.0.1", port)) != 0

    return all(map(is_free, ports))


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.send_signal(signal.SIGKILL)  # nothing of it is kept
    process.wait()
