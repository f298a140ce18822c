"""The engine beyond one machine: compiles plans to OpenSearch's query language, and keeps records in a cluster."""

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
_BUSY, _GONE = (429,), (502, 503, 504)

# It would write addresses, and to whoever asks for all it has to say, questions too.
logging.getLogger("opensearch").setLevel(logging.CRITICAL)


class ClusterBusy(ClusterDown):
    """A cluster that takes no more for now."""


class _Transport(Transport):
    """Says in a sentence what keeps a cluster from answering; what it refuses of a request is raised as the client has it."""

    def perform_request(self, *arguments: Any, **named: Any) -> Any:
        """The answer. Raises ClusterDown, EngineError, or what the client raises."""
        try:
            return super().perform_request(*arguments, **named)
        except (exceptions.SSLError, exceptions.AuthenticationException, exceptions.AuthorizationException) as error:
            raise EngineError(f"Klustret {self._name()} {_refusal(error)}.") from error
        except exceptions.ConnectionError as error:
            advice = "kontrollera att OpenSearch är igång och att hosts i [opensearch] stämmer"
            raise ClusterDown(f"Klustret {self._name()} svarar inte; {advice}.") from error
        except exceptions.TransportError as error:
            if error.status_code not in (*_BUSY, *_GONE):
                raise
            lacks = "hinner inte med" if error.status_code in _BUSY else "saknar något som frågan behöver"
            sort = ClusterBusy if error.status_code in _BUSY else ClusterDown
            raise sort(f"Klustret {self._name()} {lacks}; försök igen om en stund.") from error

    def _name(self) -> str:
        return ", ".join(one.host for one, _ in self.connection_pool.connection_opts)


def _refusal(error: Exception) -> str:
    if isinstance(error, exceptions.SSLError):
        return "har ett certifikat som inte godtas; ange vem som har utfärdat det med ca i [opensearch]"
    return "släpper inte in; kontrollera user och password_file, eller api_key_file, i [opensearch]"


def connected(settings: Settings) -> OpenSearch:
    """A client of the cluster that the settings name, for any number of threads; `close` lets go of its connections.

    What it asks is asked of another node where one does not answer, has no room or lacks something. Raises Fault for
    files that cannot be read, ClusterDown, and EngineError where it is not let in or the cluster is of another version.
    """
    with naming(settings.opensearch_ca or Path("ca"), "ange en fil med certifikat som ca i [opensearch]"):
        context = ssl.create_default_context(cafile=settings.opensearch_ca)
    client = OpenSearch(
        [*settings.opensearch_hosts],
        transport_class=_Transport,
        ssl_context=context,
        timeout=_SECONDS,
        retry_on_timeout=True,
        retry_on_status=(*_BUSY, *_GONE),
        max_retries=max(2, len(settings.opensearch_hosts)),
        dead_timeout=_SECONDS,
        pool_maxsize=32,
        **_identity(settings),
    )
    try:
        _refuse_others(client)
    except BaseException:
        client.close()
        raise
    return client


def _identity(settings: Settings) -> dict[str, Any]:
    if settings.opensearch_api_key_file:
        return {"headers": {"authorization": f"ApiKey {_secret(settings.opensearch_api_key_file)}"}}
    if settings.opensearch_password_file:
        return {"http_auth": (settings.opensearch_user, _secret(settings.opensearch_password_file))}
    return {}


def _secret(path: Path) -> str:
    with naming(path, "lägg hemligheten där, ensam på en rad"):
        return path.read_text(encoding="utf-8").strip()


def _refuse_others(client: OpenSearch) -> None:
    try:
        version = client.info()["version"]
        found = f"{version.get('distribution', 'Elasticsearch')} {version['number']}"
    except (exceptions.OpenSearchException, KeyError, TypeError):
        found = "något annat"
    if not found.startswith(f"opensearch {_MAJOR}"):
        raise EngineError(f"Klustret är {found}; Regionsök behöver OpenSearch {_MAJOR}x.")
