"""Addresses as text: the URLs of listeners, and the names of both ends of a connection."""

import msgspec

SocketAddress = tuple[str, int] | tuple[str, int, int, int] | str | bytes
"""What the socket module calls an address: IPv4, IPv6, a Unix path, or an abstract or missing Unix name."""


class AddressError(ValueError):
    """A URL that names no address; the message says what is wrong and what would be right."""


class Address(msgspec.Struct, frozen=True):
    """Where to listen or to connect. `port` 0 lets the kernel choose; `path` is of a Unix socket only."""

    scheme: str
    host: str = ""
    port: int = 0
    path: str = ""
    query: dict[str, str] = {}

    def __str__(self) -> str:
        """The URL without its query, which may name secrets."""
        return f"{self.scheme}://{self.path or host_and_port(self.host, self.port)}"


def host_and_port(host: str, port: int) -> str:
    """`host:port`, an IPv6 address in brackets (RFC 3986 section 3.2.2)."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def address_text(address: SocketAddress) -> str:
    """The name of an end of a connection: `192.0.2.1:5000`, `[::1]:5000`, `unix:/path`, or `unix`."""
    if isinstance(address, tuple):
        return host_and_port(address[0], address[1])
    if isinstance(address, bytes):
        address = "@" + address[1:].decode(errors="backslashreplace")
    return f"unix:{address}" if address else "unix"
