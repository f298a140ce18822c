"""The server behind `regionsok serve`; cli.py finds it by its entry point."""

from __future__ import annotations

import errno
import socket

from waitress.server import create_server

from indexer import Settings, SettingsError
from webapp import create_app
from webapp.showing import is_loopback

THREADS = 8
_PORTS = range(65_536)


def serve(settings: Settings, host: str, port: int) -> None:
    """Answer on an address until interrupted; port 0 takes a free one.

    Raises SettingsError where the address cannot be had, or others can reach it and no one answers for it.
    """
    public = not is_loopback(host)
    if public and not (settings.public_operator and settings.public_contact):
        raise SettingsError(
            f"På {host} når andra tjänsten; ange först operator och contact under [public] i regionsok.toml."
        )
    with _listener(host, port) as listener:
        app = create_app(settings, public=public)
        server = create_server(app, sockets=[listener], threads=THREADS, ident=None)  # type: ignore[no-untyped-call]
        shown = f"[{host}]" if ":" in host else host
        print(f"Regionsök svarar på http://{shown}:{listener.getsockname()[1]}", flush=True)
        server.run()


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
