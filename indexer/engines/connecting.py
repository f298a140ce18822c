"""A client of an OpenSearch cluster that says in a sentence what keeps the cluster from answering."""

import logging
import ssl
from pathlib import Path
from typing import Any

from opensearchpy import OpenSearch, Transport, exceptions

from indexer.engines import ClusterDown, EngineError
from indexer.faults import naming
from indexer.settings import Settings

_MAJOR = "3."
"""What the version of a cluster begins with; no other is tried."""
_SECONDS = 5
"""That a node has for an answer before another one is asked."""
_OPTIONS = {"timeout": _SECONDS, "dead_timeout": _SECONDS, "retry_on_timeout": True, "retry_on_status": (429, 502, 503)}

logging.getLogger("opensearch").setLevel(logging.CRITICAL)  # it would write addresses, and questions at a lower level


class _Busy(ClusterDown, exceptions.TransportError):
    """What the client, too, knows as something to wait for."""

    status_code = 429
    __str__ = Exception.__str__


_IDENTITY = "släpper inte in den som frågar; kontrollera user och password_file, eller api_key_file, i [opensearch]"
_SILENT = "svarar inte; kontrollera att OpenSearch är igång och att hosts i [opensearch] stämmer"
_LACKING = "saknar just nu något som behövs för svaret; försök igen om en stund"
_CERTIFICATE = "har ett certifikat som inte godtas; ange i [opensearch] som ca vilka som får ha utfärdat det"
TROUBLES: dict[object, tuple[type[EngineError], str]] = {
    exceptions.SSLError: (EngineError, _CERTIFICATE),
    **dict.fromkeys((401, 403), (EngineError, _IDENTITY)),
    **dict.fromkeys(("N/A", "TIMEOUT"), (ClusterDown, _SILENT)),
    **dict.fromkeys((408, 502, 503, 504), (ClusterDown, _LACKING)),
    429: (_Busy, "hinner inte med; försök igen om en stund"),
}
"""A class or status of the client's errors -> ours, and what is wrong with the cluster."""


class _Transport(Transport):
    """Says in a sentence what keeps a cluster from answering; what is wrong with a request is raised as the client has it."""

    def perform_request(self, *arguments: Any, **named: Any) -> Any:
        """The answer. Raises ClusterDown, EngineError, or what the client raises."""
        try:
            return super().perform_request(*arguments, **named)
        except exceptions.TransportError as error:
            trouble = TROUBLES.get(type(error)) or TROUBLES.get(error.status_code)
            if not trouble:
                raise
            hosts = ", ".join(one.host for one, _ in self.connection_pool.connection_opts)  # without what identifies us
            raise trouble[0](f"Klustret {hosts} {trouble[1]}.") from error


def connected(settings: Settings) -> OpenSearch:
    """A client of the cluster that the settings name, for any number of threads; `close` lets go of its connections.

    Another node is asked where one does not answer, has no room or lacks something. Raises Fault for files that cannot be
    read, ClusterDown, and EngineError where it is not let in or the cluster is of another version.
    """
    with naming(settings.opensearch_ca or Path("ca"), "ange certifikat i PEM-format"):
        context = ssl.create_default_context(cadata=_read(settings.opensearch_ca))
    key, password = _read(settings.opensearch_api_key_file), _read(settings.opensearch_password_file)
    hosts, identity = [*settings.opensearch_hosts], (settings.opensearch_user, password) if password else None
    options = {"http_auth": identity, "headers": {"authorization": f"ApiKey {key}"} if key else None, **_OPTIONS}
    options |= {"ssl_context": context, "max_retries": max(2, len(hosts)), "pool_maxsize": 32}
    client = OpenSearch(hosts, transport_class=_Transport, **options)
    try:
        version = client.info()["version"]
        found = f"{version.get('distribution', 'Elasticsearch')} {version['number']}"
    except EngineError:
        raise
    except (exceptions.OpenSearchException, LookupError, TypeError):
        found = "något annat"
    if not found.startswith(f"opensearch {_MAJOR}"):
        raise EngineError(f"Klustret är {found}; Regionsök behöver OpenSearch {_MAJOR}x.")
    return client


def answered(method: Any, **named: Any) -> Any:
    """What a method of a client says. Raises ClusterDown where the index that is asked, or a moment of it, is gone."""
    answer = method(ignore=404, **named)
    if "error" in answer:
        raise ClusterDown("Indexet byttes medan svaret skrevs, eller finns inte längre i klustret; försök igen.")
    return answer


def _read(path: Path | None) -> str | None:
    with naming(path or Path(), "kontrollera [opensearch] i inställningarna"):
        return path.read_text(encoding="utf-8").strip() if path else None
