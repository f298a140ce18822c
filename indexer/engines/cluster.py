"""What a cluster holds beside the indexes: the state, which says what answers and who writes, and copies of words for those who search.

The state is written last in each commit, and only over what its writer has seen; who writes renews it all the time, and another one
takes over when it is not. A writer that is frozen and goes on after that changes nothing: documents must be written by an alias of
each writer's own, which the next one deletes before it begins; the alias for people is only moved from where it was seen; and what
is deleted is chosen before the state is written, which fails since another has begun.
"""

import json
import re
import time
import zlib
from base64 import b64decode, b64encode
from collections.abc import Collection, Iterable, Iterator
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from secrets import token_hex
from typing import Any

from msgspec import Struct, convert, structs

from indexer.durable import write_durably
from indexer.engines import ClusterDown, EngineError, Guarded
from indexer.settings import Settings

INDEX, WRITTEN_BY = "cluster.json", "writer.lock"
"""Files of an engine's folder: which index is its own, and by which alias documents get there, which every writer changes."""
WRITING, MERGING = 120, 3_600
"""Seconds for what changes an index, and for what writes it anew: 70,000 news take 6."""
_DOCUMENTS = {"settings": {"number_of_shards": 1, "auto_expand_replicas": "0-1"}, "mappings": {"dynamic": False}}
Seen = dict[str, Any]
"""What a document must still be when it is written again."""


class Superseded(EngineError):
    """Another writer has taken over. What this one had not committed is still in corpus/."""

    def __init__(self) -> None:
        super().__init__("En annan skrivare har tagit över klustret; kör kommandot igen när den är klar.")


class State(Struct, frozen=True):
    """What answers, and who writes."""

    epoch: int = 0
    """How many writers there were, the last among them."""
    holder: str = ""
    """That one, by a name that no other has; nobody where it is done."""
    index: str = ""
    """The index of the generation that answers; nothing where there is none."""
    previous: str = ""
    """The one before, for those who have not yet looked."""
    manifest: dict[str, Any] = {}
    """As the writer's folder has it."""
    commit: int = 0
    """The number of the last one, in the writer's catalogue."""
    forgotten: int = 0
    """How much the ledger says is forgotten."""
    copy: str = ""
    """The index that holds a copy of the catalogue for those who search."""
    parts: int = 0
    """Of the copy."""
    key: str = ""
    """What those who answer seal with: made by the first writer, and the same ever since."""


def index_name(prefix: str) -> str:
    """A name that no other index has."""
    return f"{prefix}-{datetime.now(UTC):%Y%m%d%H%M%S}-{token_hex(4)}"


def index_of(folder: Path, file: str = INDEX) -> str:
    """The index, or alias of it, that a file of an engine's folder names; nothing where there is none. Raises OSError."""
    return str(json.loads((folder / file).read_bytes())["index"]) if (folder / file).exists() else ""


def refreshed(client: Any, index: str) -> bool:
    """Let every copy of an index answer with what was written, and whether they do: one makes its segments, and the others fetch them."""
    where, end, level = {"index": index, "request_timeout": WRITING}, time.monotonic() + WRITING, 0
    while level < 2 and time.monotonic() < end:  # once more, since the one that says so may have been lost meanwhile
        if client.indices.refresh(**where)["_shards"]["failed"]:
            break
        copies = client.cat.segment_replication(format="json", h="checkpoints_behind", **where)
        level = 0 if any(int(copy["checkpoints_behind"]) for copy in copies) else level + 1
        time.sleep(0.02 * (not level))
    return level == 2


def make_index(client: Any, name: str, body: dict[str, Any]) -> None:
    """Where it is not there: a request that was sent again, since a node died, may meet what it made. Raises EngineError."""
    error = client.indices.create(index=name, body=body, ignore=400, request_timeout=WRITING).get("error")
    if error and error["type"] != "resource_already_exists_exception":
        raise EngineError(f"Klustret skapar inte indexet {name}: {error['reason']}.")


class Cluster(Guarded):
    """What lies in the cluster by one prefix; any number of threads may ask. All raises EngineError, ClusterDown among them."""

    def __init__(self, settings: Settings) -> None:
        self._prefix, self._index = settings.opensearch_prefix, f"{settings.opensearch_prefix}-state"
        self._folder = Path(self._index)
        self._client = import_module(f"{__package__}.connecting").connected(settings)

    def close(self) -> None:
        """Let go of connections."""
        self._client.close()

    def create(self) -> None:
        """Make the small index, where there is none, and wait until it answers."""
        make_index(self._client, self._index, _DOCUMENTS)
        awaited: dict[str, Any] = {"wait_for_no_initializing_shards": True, "request_timeout": 60}
        self._client.cluster.health(index=self._index, wait_for_status="yellow", **awaited)

    def state(self) -> tuple[State, Seen]:
        """What there is, and what that is written over with."""
        found = self._client.get(index=self._index, id="state", ignore=404)
        if not found.get("found"):
            return State(key=token_hex(16)), {"op_type": "create"}
        seen = {"if_seq_no": found["_seq_no"], "if_primary_term": found["_primary_term"]}
        return convert(found["_source"], State), seen

    def put(self, state: State, seen: Seen) -> Seen:
        """Write over what was seen: what is seen now. Raises Superseded where another came first."""
        written = self._client.index(index=self._index, id="state", body=structs.asdict(state), ignore=409, **seen)
        if "result" in written:
            return {"if_seq_no": written["_seq_no"], "if_primary_term": written["_primary_term"]}
        stands, now = self.state()  # a request that was sent again may have met itself
        if stands != state:
            raise Superseded
        return now

    def put_copy(self, parts: Iterable[bytes]) -> tuple[str, int]:
        """The name of an index of its own, which goes with all that it held, and how many parts it has."""
        name, number = index_name(f"{self._prefix}-copy"), 0
        make_index(self._client, name, _DOCUMENTS)
        for number, part in enumerate(parts, start=1):
            body = {"part": b64encode(zlib.compress(part, 1)).decode()}
            self._client.index(index=name, id=str(number), body=body, request_timeout=WRITING)
        return name, number

    def parts(self, state: State) -> Iterator[bytes]:
        """What a copy holds. Raises ClusterDown where it was deleted since."""
        for number in range(1, state.parts + 1):
            found = self._client.get(index=state.copy, id=str(number), ignore=404)
            if not found.get("found"):
                raise ClusterDown("Indexet byttes medan det hämtades ur klustret; försök igen.")
            yield zlib.decompress(b64decode(found["_source"]["part"]))

    def delete(self, indexes: Collection[str]) -> None:
        """Delete indexes, from the disk too."""
        for index in indexes:
            self._client.indices.delete(index=index, ignore=404, request_timeout=WRITING)

    def indexes(self) -> dict[str, set[str]]:
        """The indexes of all generations and copies, with their aliases."""
        name = re.compile(rf"{re.escape(self._prefix)}(-copy)?-\d{{14}}-[0-9a-f]+")  # of no other prefix that begins so
        found = self._client.indices.get_alias(index=f"{self._prefix}-*")
        return {index: {*held["aliases"]} for index, held in found.items() if name.fullmatch(index)}

    def point(self, index: str, seen: dict[str, set[str]]) -> None:
        """Let the alias that is named as the prefix mean an index, in one step; EngineError where it was moved since it was seen."""
        before = [one for one in seen if self._prefix in seen[one]]
        if before == [index]:
            return
        if not before and self.state()[0].index != index:
            raise Superseded
        name = {"alias": self._prefix}
        moved = [{"remove": {"index": one, "must_exist": True, **name}} for one in before if one != index]
        self._client.indices.update_aliases(body={"actions": [*moved, {"add": {"index": index, **name}}]})

    def merge(self, index: str) -> None:
        """Make one segment of an index that is built whole: questions go through each."""
        self._client.indices.forcemerge(index=index, max_num_segments=1, request_timeout=MERGING)
        refreshed(self._client, index)

    def let_write(self, folder: Path, epoch: int) -> None:
        """Let documents be written to the index of an engine's folder by the alias of an epoch, which the folder says."""
        index = index_of(folder)
        self._client.indices.put_alias(index=index, name=f"{index}-w{epoch}")
        write_durably(folder / WRITTEN_BY, json.dumps({"index": f"{index}-w{epoch}"}).encode())

    def let_nobody_write(self) -> None:
        """Delete the aliases of all epochs."""
        for index in self.indexes():
            self._client.indices.delete_alias(index=index, name=f"{index}-w*", ignore=404)
