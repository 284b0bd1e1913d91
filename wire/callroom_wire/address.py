"""Addresses as text: URLs to listen at or to call, and the names of both ends of a connection."""

import os
import re
from collections.abc import Collection, Mapping
from ipaddress import IPv6Address
from urllib.parse import parse_qsl, unquote

import msgspec

Options = Mapping[str, Mapping[str, str]]
"""What may stand behind the question mark of a URL, by scheme: its name, and a value that would do."""

CALLING: Options = {"tls": {"ca": "server.pem"}}
"""The options of a URL that is called: whom to trust (a PEM file) besides the system's authorities."""

HOUSE_SOCKET = "house.sock"
"""In the data folder of an open house: where programs on its machine find it, framed, its owner alone."""

UNIX_PATH_BYTES = 107
"""sun_path without its NUL (unix(7))."""

HIGHEST_PORT = 65535

SocketAddress = tuple[str, int] | tuple[str, int, int, int] | str | bytes
"""What the socket module calls an address: IPv4, IPv6, a Unix path, or an abstract or missing Unix name."""


class AddressError(Exception):
    """A URL names no address; the message says why, and what would be right."""


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


def names_path(scheme: str) -> bool:
    """Whether a URL of this scheme names a Unix socket by its path: `unix`, and what ends in `+unix`."""
    return scheme == "unix" or scheme.endswith("+unix")


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


def parse(url: str, schemes: Collection[str], options: Options) -> Address:
    """Read a URL such as `tcp://127.0.0.1:8888`, `tls://[::1]:8889?ca=...` or `unix:///run/x.sock`.

    Args:
        url: what a person wrote.
        schemes: the ones that mean something here.
        options: what each of them takes; one that is left out takes nothing.

    Raises:
        AddressError: it is none of these.
    """
    if not url.isprintable():
        raise AddressError(f"{url!a} holds what cannot be printed: write the plain address")
    scheme, separator, rest = url.partition("://")
    if not separator:
        right = f"write {example('tcp', options)}, or another of {_list(schemes)}"
        raise AddressError(f'"{url}" has no scheme: {right}')
    scheme = scheme.lower()
    if scheme not in schemes:
        raise AddressError(f'"{url}": there is no "{scheme}://" here; write one of {_list(schemes)}')
    place, _, given = rest.partition("?")
    query = _query(url, scheme, given, options.get(scheme, {}))
    right = example(scheme, options)
    if names_path(scheme):
        return Address(scheme, path=_path(url, place, right), query=query)
    host, port = _host_and_port(url, scheme, place, right)
    return Address(scheme, host, port, query=query)


def example(scheme: str, options: Options) -> str:
    """A URL of this scheme as it should be."""
    if names_path(scheme):
        return f"{scheme}:///run/callroom.sock"
    known = "&".join(f"{name}={value}" for name, value in options.get(scheme, {}).items())
    return f"{scheme}://127.0.0.1:{_port(scheme)}{'?' if known else ''}{known}"


def _query(url: str, scheme: str, given: str, known: Collection[str]) -> dict[str, str]:
    try:
        pairs = parse_qsl(given, keep_blank_values=True, strict_parsing=True) if given else []
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
    return query


def _path(url: str, place: str, right: str) -> str:
    path = unquote(place)
    if not path.startswith("/"):
        raise AddressError(f'"{url}" has no absolute path: write three slashes, as in {right}')
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


def _host_and_port(url: str, scheme: str, place: str, right: str) -> tuple[str, int]:
    place = place.removesuffix("/")
    if "/" in place:
        raise AddressError(f'"{url}" has a path, which means nothing here: write {right}')
    if "@" in place:
        raise AddressError(f'"{url}" names a user, which means nothing here: write {right}')
    host, separator, port = place.rpartition(":")
    if not separator or port.endswith("]"):
        raise AddressError(f'"{url}" has no port: write {scheme}://{place or "127.0.0.1"}:{_port(scheme)}')
    if host.startswith("[") and host.endswith("]"):
        host = host[1:-1]
        try:
            IPv6Address(host)
        except ValueError as error:
            raise AddressError(f'"{url}": {error}: write {scheme}://[::1]:8888') from None
    elif ":" in host:
        raise AddressError(f'"{url}": an IPv6 address stands in brackets: write {scheme}://[::1]:8888')
    elif not host:
        raise AddressError(f'"{url}" has no host: write {right}, or {scheme}://[::1]:{port}')
    elif " " in host or "[" in host or "]" in host:
        raise AddressError(f'"{url}": "{host}" is no host: write {right}')
    if not re.fullmatch("[0-9]{1,5}", port) or int(port) > HIGHEST_PORT:
        raise AddressError(f'"{url}": "{port}" is no port: write a number from 0 (any) to {HIGHEST_PORT}')
    return host, int(port)


def _port(scheme: str) -> int:
    """The port of an example."""
    return 8889 if scheme == "tls" else 8888


def _list(schemes: Collection[str]) -> str:
    return ", ".join(f"{scheme}://" for scheme in sorted(schemes))
