"""Where a platform listens, by which names it is called, and what its owner shows to be let in."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterable
from functools import lru_cache

LOOPBACK = "127.0.0.1"
_SHORTEST_TOKEN = 16


class Access:
    """`host` is an IP address to listen on, or ``localhost``.

    Every machine that reaches it may call the API with a key. The admin routes need none on loopback, so an address
    that other machines reach takes an `admin_token`, of 16 characters or more, which they ask for then. `allowed_hosts`
    are further names that clients call the platform by. Raises `ValueError`.
    """

    def __init__(self, host: str, admin_token: str | None, allowed_hosts: Iterable[str]) -> None:
        self.host = LOOPBACK if host == "localhost" else host
        try:
            address = ipaddress.ip_address(self.host)
        except ValueError:
            raise ValueError(f"host is {host!r}: give an IP address to listen on, such as 127.0.0.1.") from None
        self.is_loopback: bool = address.is_loopback
        if admin_token is None and not self.is_loopback:
            raise ValueError(
                f"host {host} lets other machines in, and the admin routes would be open to them: give an admin_token"
                f" of {_SHORTEST_TOKEN} characters or more too."
            )
        if admin_token is not None and (len(admin_token) < _SHORTEST_TOKEN or not _is_token(admin_token)):
            raise ValueError(f"admin_token: give {_SHORTEST_TOKEN} characters or more, of ASCII and without spaces.")
        self.admin_token = admin_token
        # What it is called by on this machine, where it listens on every address.
        self.name: str = {"0.0.0.0": LOOPBACK, "::": "::1"}.get(self.host, self.host)
        self._names = {"localhost", *(name.lower() for name in allowed_hosts)}
        if not self.is_loopback:
            self._names.add(socket.gethostname().lower())

    def knows(self, host: str) -> bool:
        """Whether a Host header, with or without a port, names this platform.

        A web page can make a browser send requests to a name of its own which it lets resolve to our address. It
        cannot do so with an address, nor with the names that are known here.
        """
        name = _without_port(host).lower()
        address = _address(name)
        return name in self._names or (address is not None and (address.is_loopback or not self.is_loopback))


def _is_token(text: str) -> bool:
    return text.isascii() and text.isprintable() and " " not in text


# Nearly every request says the same.
@lru_cache(maxsize=64)
def _address(name: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        return None


def _without_port(host: str) -> str:
    name, colon, port = host.rpartition(":")
    return name if colon and port.isdigit() else host
