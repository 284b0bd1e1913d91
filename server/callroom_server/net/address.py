"""Addresses as text: the URLs of listeners, and the names of both ends of a connection."""

import os
import re
from collections.abc import Collection
from ipaddress import IPv6Address
from urllib.parse import parse_qsl, unquote

import msgspec

OPTIONS = {"unix": ("mode",), "tls": ("cert", "key")}
"""What may stand behind the question mark of a URL, by scheme; the other schemes take nothing."""

UNIX_PATH_BYTES = 107
"""sun_path without its NUL (unix(7))."""

HIGHEST_PORT = 65535

SocketAddress = tuple[str, int] | tuple[str, int, int, int] | str | bytes
"""What the socket module calls an address: IPv4, IPv6, a Unix path, or an abstract or missing Unix name."""


class ListenError(Exception):
    """There is no listening there; the message says why, and what would be right."""


class AddressError(ListenError):
    """A URL names no address."""


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
        address = "@" + address[1:].decode(errors="backslashreplace") if address else ""
    return f"unix:{address}" if address else "unix"


def parse(url: str, schemes: Collection[str]) -> Address:
    """Read a URL such as `tcp://127.0.0.1:8888`, `tls://[::]:8889?cert=...&key=...` or `unix:///run/x.sock`.

    Args:
        url: what the operator wrote.
        schemes: the ones there are doors for.

    Raises:
        AddressError: it is none of these.
    """
    if not url.isprintable():
        raise AddressError(f"{url!a} holds what cannot be printed: write the plain address")
    scheme, separator, rest = url.partition("://")
    if not separator:
        raise AddressError(f'"{url}" has no scheme: write {_example("tcp")}, or another of {_list(schemes)}')
    scheme = scheme.lower()
    if scheme not in schemes:
        raise AddressError(f'"{url}": there is no "{scheme}://" here; write one of {_list(schemes)}')
    place, _, options = rest.partition("?")
    query = _query(url, scheme, options)
    if scheme == "unix":
        return Address(scheme, path=_path(url, place), query=query)
    host, port = _host_and_port(url, scheme, place)
    return Address(scheme, host, port, query=query)


def unix_mode(address: Address) -> int:
    """The permissions of a Unix socket: its owner's alone unless the URL says otherwise."""
    return int(address.query.get("mode", "600"), 8)


def _query(url: str, scheme: str, options: str) -> dict[str, str]:
    known = OPTIONS.get(scheme, ())
    try:
        pairs = parse_qsl(options, keep_blank_values=True, strict_parsing=True) if options else []
    except ValueError:
        raise AddressError(f'"{url}": write what follows the "?" as name=value&name=value') from None
    query: dict[str, str] = {}
    for name, value in pairs:
        if name not in known:
            takes = f"takes {' and '.join(known)}" if known else "takes no options"
            raise AddressError(f'"{url}": there is no option "{name}": {scheme}:// {takes}')
        if name in query:
            raise AddressError(f'"{url}": the option "{name}" stands there twice; write it once')
        query[name] = value
    if scheme == "tls" and not (query.get("cert") and query.get("key")):
        raise AddressError(f'"{url}" needs certificate and key: write {_example("tls")}')
    if not re.fullmatch("0?[0-7]{3}", query.get("mode", "600")):
        raise AddressError(f'"{url}": a mode is three octal digits: write ?mode=660')
    return query


def _path(url: str, place: str) -> str:
    path = unquote(place)
    if not path.startswith("/"):
        raise AddressError(f'"{url}" has no absolute path: write three slashes, as in {_example("unix")}')
    if path.endswith("/"):
        raise AddressError(f'"{url}" names a folder: add the name of the socket')
    if "\0" in path:
        raise AddressError(f'"{url}": no path holds a NUL: write the plain path')
    length = len(os.fsencode(path))
    if length > UNIX_PATH_BYTES:
        raise AddressError(
            f'"{url}": the path has {length} bytes, the kernel takes {UNIX_PATH_BYTES}: choose a shorter one'
        )
    return path


def _host_and_port(url: str, scheme: str, place: str) -> tuple[str, int]:
    example = _example(scheme)
    place = place.removesuffix("/")
    if "/" in place:
        raise AddressError(f'"{url}" has a path, which means nothing here: write {example}')
    if "@" in place:
        raise AddressError(f'"{url}" names a user, which means nothing here: write {example}')
    host, separator, port = place.rpartition(":")
    if not separator or port.endswith("]"):
        raise AddressError(f'"{url}" has no port: write {scheme}://{place or "127.0.0.1"}:8888')
    if host.startswith("[") and host.endswith("]"):
        host = host[1:-1]
        try:
            IPv6Address(host)
        except ValueError as error:
            raise AddressError(f'"{url}": {error}: write {scheme}://[::1]:8888') from None
    elif ":" in host:
        raise AddressError(f'"{url}": an IPv6 address stands in brackets: write {scheme}://[::1]:8888')
    elif not host:
        raise AddressError(f'"{url}" has no host: write {example}, or {scheme}://0.0.0.0:{port} for everyone')
    elif " " in host or "[" in host or "]" in host:
        raise AddressError(f'"{url}": "{host}" is no host: write {example}')
    if not re.fullmatch("[0-9]{1,5}", port) or int(port) > HIGHEST_PORT:
        raise AddressError(f'"{url}": "{port}" is no port: write a number from 0 (any) to {HIGHEST_PORT}')
    return host, int(port)


def _example(scheme: str) -> str:
    match scheme:
        case "unix":
            return "unix:///run/callroom.sock"
        case "tls":
            return "tls://127.0.0.1:8889?cert=server.pem&key=server.key"
        case _:
            return f"{scheme}://127.0.0.1:8888"


def _list(schemes: Collection[str]) -> str:
    return ", ".join(f"{scheme}://" for scheme in sorted(schemes))
