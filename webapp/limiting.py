"""How often one client may ask a public service, and what it is told of that (draft-ietf-httpapi-ratelimit-headers-10)."""

import time
from importlib import import_module

from flask import abort, g, request

from indexer import Settings
from webapp.showing import is_among


class Limiter:
    """Counts what each client asks in a minute, every process for itself. Raises ImportError without the package that it takes."""

    def __init__(self, settings: Settings) -> None:
        limits = import_module("limits")
        self._rate = limits.RateLimitItemPerMinute(settings.public_requests_per_minute)
        self._counts = limits.strategies.FixedWindowRateLimiter(limits.storage.MemoryStorage())
        self._trusted = settings.public_trusted_proxies

    def count(self) -> None:
        """Count the request at hand, keep the headers that say what is left, and end it where it is one too many."""
        client = self._client()
        allowed = self._counts.hit(self._rate, client)
        reset, left = self._counts.get_window_stats(self._rate, client)
        seconds = f"{int(reset - time.time()) + 1}"
        g.limits = {
            "RateLimit-Policy": f'"minut";q={self._rate.amount};w=60',
            "RateLimit": f'"minut";r={left};t={seconds}',
        }
        if not allowed:
            g.limits["Retry-After"] = seconds
            abort(429)

    def _client(self) -> str:
        """The address that asks; of what trusted proxies pass on, the last address that is none of theirs."""
        route = [*request.headers.get("X-Forwarded-For", "").split(","), request.remote_addr or ""]
        addresses = [address.strip() for address in reversed(route)]
        return next((address for address in addresses if not is_among(address, self._trusted)), addresses[-1])
