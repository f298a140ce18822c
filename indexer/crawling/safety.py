"""What may be connected to: public addresses only, by what a name resolves to and not by how it is written."""

import ipaddress
import re
from socket import inet_aton, inet_ntoa
from urllib.parse import urlsplit

INTERNAL = "Adressen leder till ett internt nät och hämtas inte."
LONGEST_URL = 2_000
"""Characters; longer addresses are traps."""

_IPV4_IN_IPV6 = (ipaddress.IPv6Network("64:ff9b::/96"), ipaddress.IPv6Network("::/96"))
# What inet_aton reads as an address: one to four numbers, decimal, octal or hexadecimal.
_NUMBERS = re.compile(r"(?:0x[0-9a-f]*|\d+)(?:\.(?:0x[0-9a-f]*|\d+)){0,3}\.?", re.IGNORECASE)


def is_internal(address: str, allowed: str = "") -> bool:
    """Whether an IP address is anything but a public one or one of the allowed network; what is no IP address is internal too.

    >>> [is_internal(address) for address in ("93.184.215.14", "10.0.0.1", "::ffff:127.0.0.1", "64:ff9b::7f00:1")]
    [False, True, True, True]
    """
    try:
        ip = ipaddress.ip_address(address.strip("[]").partition("%")[0])
    except ValueError:
        return True
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if inner is None and any(ip in network for network in _IPV4_IN_IPV6):
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            return is_internal(str(inner), allowed)
    if allowed and ip in ipaddress.ip_network(allowed):
        return False
    return not ip.is_global or ip.is_multicast


def refusal_of(url: str, allowed: str = "") -> str | None:
    """Why an address is not fetched, as a Swedish sentence, before any name is looked up; None where nothing speaks against it.

    >>> refusal_of("http://2130706433/"), refusal_of("https://region.example/")
    ('Adressen leder till ett internt nät och hämtas inte.', None)
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return "Adressen går inte att läsa; kontrollera den."
    if parts.scheme not in ("http", "https") or not host:
        return "Bara adresser som börjar med http:// eller https:// kan hämtas."
    if len(url) > LONGEST_URL:
        return f"Adressen är längre än {LONGEST_URL} tecken."
    if parts.username or parts.password:
        return "Adresser med användarnamn eller lösenord hämtas inte."
    if port not in (None, 80, 443) and not allowed:
        return "Bara portarna 80 och 443 används."
    return INTERNAL if _leads_inside(host, allowed) else None


def _leads_inside(host: str, allowed: str) -> bool:
    if ":" in host:
        return is_internal(host, allowed)
    if _NUMBERS.fullmatch(host):
        try:
            return is_internal(inet_ntoa(inet_aton(host.rstrip("."))), allowed)
        except OSError:  # 08, 0x, 256.1: no number, or none of a host
            return True
    return "." not in host or host.endswith((".localhost", ".local", ".internal"))
