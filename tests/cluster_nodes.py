"""A cluster of three OpenSearch nodes that are a process each, so that each can be killed, paused or left without room."""

from __future__ import annotations

import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from uuid import uuid4

from opensearchpy import OpenSearch

from benchmarks.peers import opensearch as runner
from tests.cluster import _HTTP, _PATIENCE, _TRANSPORT, HEAP, NODES, _are_free

_CONFIG = """
transport.port: {port}
discovery.seed_hosts: [{seeds}]
cluster.initial_cluster_manager_nodes: [0]
cluster.info.update.interval: 10s
indices.replication.max_bytes_per_sec: 200mb
cluster.routing.allocation.disk.watermark.low: 50mb
cluster.routing.allocation.disk.watermark.high: 40mb
cluster.routing.allocation.disk.watermark.flood_stage: 30mb
"""
_DISK = 400
"""MB of the disk of the last node."""


class Node:
    """One process, which may be started again after it was killed."""

    def __init__(self, folder: Path, name: str, http: int, transport: int, seeds: str) -> None:
        self.host, self.data = f"http://127.0.0.1:{http}", folder / "data"
        self._folder = folder
        for made in ("config", "data"):
            (folder / made).mkdir(parents=True)
        config = _CONFIG.format(port=transport, seeds=seeds)
        (folder / "config" / "opensearch.yml").write_text(config, encoding="utf-8")
        options = {"basePath": folder / "home", "confPath": folder / "config", "dataPath": self.data}
        command = runner.command(HEAP, **options, numOfNode=1, baseHttpPort=http - 1, clusterName=name)
        begins = command.index(runner.MAIN)
        own = [f"-Dnode={folder.name}", str(Path(__file__).with_name("Node.java"))]
        self._command = [*command[:begins], *own, *command[begins + 1 :]]
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """It joins the others in a while."""
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(self._command, stdout=log, stderr=log, cwd=self._folder)

    def signal(self, number: signal.Signals) -> None:
        """Kill, stop or thaw it."""
        if self._process and self._process.poll() is None:
            self._process.send_signal(number)
            if number == signal.SIGKILL:
                self._process.wait()


class Nodes:
    """The three, and what they say of themselves."""

    def __init__(self, nodes: list[Node]) -> None:
        self.nodes = nodes
        self.hosts = tuple(node.host for node in nodes)
        self.client = OpenSearch([*self.hosts], timeout=10, max_retries=10, retry_on_timeout=True)

    def await_whole(self, count: int = NODES) -> None:
        """Wait until so many nodes hold everything in all its copies."""
        end = time.monotonic() + _PATIENCE
        while time.monotonic() < end:
            try:
                seen = self.client.cluster.health()
                if (seen["status"], seen["number_of_nodes"]) == ("green", count):
                    return
            except Exception as error:  # while it is coming
                seen = error
            time.sleep(0.5)
        raise RuntimeError(f"the cluster is not whole after {_PATIENCE} s: {seen}")


@contextmanager
def apart() -> Iterator[Nodes]:
    """The cluster, with a name of its own; `runner.missing` has nothing to say. The last node has a small disk of its own where that is allowed."""
    with ExitStack() as at_end:
        folder = Path(at_end.enter_context(tempfile.TemporaryDirectory()))
        first = next(port for port in _TRANSPORT if _are_free(range(port, port + NODES)))
        http = next(port for port in _HTTP if _are_free(range(port + 1, port + 1 + NODES))) + 1
        seeds, name = ", ".join(f'"127.0.0.1:{first + n}"' for n in range(NODES)), f"regionsok-{uuid4().hex}"
        nodes = [Node(folder / str(n), name, http + n, first + n, seeds) for n in range(NODES)]
        if _mounted(nodes[-1].data):
            at_end.callback(subprocess.run, ["umount", str(nodes[-1].data)], check=False)
        cluster = Nodes(nodes)
        at_end.callback(cluster.client.close)
        for node in nodes:
            at_end.callback(node.signal, signal.SIGKILL)
            node.start()
        cluster.await_whole()
        yield cluster


def _mounted(folder: Path) -> bool:
    """Give a folder a disk of its own, if this machine lets us."""
    given = ["mount", "-t", "tmpfs", "-o", f"size={_DISK}m", "none", str(folder)]
    return bool(shutil.which("mount")) and not subprocess.run(given, capture_output=True, check=False).returncode


def fill(folder: Path) -> Path | None:
    """A file that leaves a small disk no room; None where the folder has no such disk."""
    disk = shutil.disk_usage(folder)
    if disk.total > _DISK << 20:
        return None
    path = folder / "full"
    path.write_bytes(bytes(max(0, disk.free - (10 << 20))))
    return path
