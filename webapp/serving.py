"""The server behind `regionsok serve`; cli.py finds it by its entry point."""

from __future__ import annotations

import errno
import logging
import socket
from urllib.parse import quote

from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.server import create_server
from waitress.task import ErrorTask

from indexer import Settings, SettingsError
from webapp import HEADERS, create_app
from webapp.failures import sentences
from webapp.showing import is_loopback

_log = logging.getLogger(__package__)

THREADS = 8
_PORTS = range(65_536)
_VISIBLE = "".join(map(chr, range(33, 127)))


class _Parser(HTTPRequestParser):
    """Reads what is not percent-encoded too: old forms, scripts and shells send letters and blanks as they are."""

    def parse_header(self, header_plus: bytes) -> None:
        first, line_end, rest = header_plus.partition(b"\r\n")
        method, _, target_and_version = first.partition(b" ")
        target, _, version = target_and_version.rpartition(b" ")
        if version.startswith(b"HTTP/") and target.startswith(b"/"):
            first = b" ".join((method, quote(target, safe=_VISIBLE).encode(), version))
        super().parse_header(first + line_end + rest)  # type: ignore[no-untyped-call]


class _Refusal(ErrorTask):
    """What the server refuses before any page is asked, in Swedish."""

    def execute(self) -> None:
        error = self.request.error
        body = ". ".join(sentences(error.code)).encode()
        self.status = f"{error.code} {error.reason}"
        self.response_headers += [("Content-Type", "text/plain; charset=utf-8"), *HEADERS.items()]
        self.set_close_on_finish()
        self.content_length = len(body)  # type: ignore[assignment]
        self.write(body)  # type: ignore[no-untyped-call]


class _Channel(HTTPChannel):
    parser_class = _Parser
    error_task_class = _Refusal


def serve(settings: Settings, host: str, port: int) -> None:
    """Answer on an address until interrupted; port 0 takes a free one.

    Raises SettingsError where the address cannot be had, or others can reach it and no one answers for it.
    """
    _answered_for(settings, host, host)
    with _listener(host, port) as listener:
        # A name may be somebody else's idea of this machine; the socket knows.
        address, port = listener.getsockname()[:2]
        _answered_for(settings, host, address)
        public = not (is_loopback(host) and is_loopback(address))
        app = create_app(settings, public=public)
        options = {"threads": THREADS, "ident": None, "server_name": address, "clear_untrusted_proxy_headers": False}
        server = create_server(app, sockets=[listener], **options)  # type: ignore[no-untyped-call]
        server.channel_class = _Channel
        shown = f"[{host}]" if ":" in host else host
        _log.info("server started", extra={"address": address, "port": port, "public": public or settings.public})
        print(f"Regionsök svarar på http://{shown}:{port}", flush=True)
        server.run()


def _answered_for(settings: Settings, host: str, address: str) -> None:
    if not is_loopback(address) and not (settings.public_operator and settings.public_contact):
        raise SettingsError(
            f"På {host} når andra tjänsten; ange först operator och contact under [public] i regionsok.toml."
        )


def _listener(host: str, port: int) -> socket.socket:
    """Taken before anything else is started, so a refusal leaves nothing behind."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    if port not in _PORTS:
        raise SettingsError(f"Port {port} finns inte; välj en från 0 till {_PORTS[-1]} med --port.")
    try:
        return socket.create_server((host, port), family=family)
    except (OSError, UnicodeError) as error:
        raise SettingsError(_refusal(error, host, port)) from error


def _refusal(error: Exception, host: str, port: int) -> str:
    if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
        return f"Port {port} på {host} används redan av ett annat program; välj en annan med --port."
    return f"Det går inte att svara på {host}, port {port} ({error}); välj annat med --host och --port."
