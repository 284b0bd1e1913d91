"""Addresses as text: URLs to listen at or to call, and the names of both ends of a connection."""

import os
import re
from collections.abc import Collection, Mapping
from ipaddress import IPv6Address
from urllib.parse import parse_qsl, unquote

import msgspec

from callroom_words.words import Words

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


_ODD = Words(
    "{url} holds what cannot be printed: write the plain address", "{url} 含有不可打印的字符：请直接写地址"
)
_NO_SCHEME = Words(
    '"{url}" has no scheme: write {right}, or another of {schemes}',
    "“{url}”缺少协议：请写 {right}，或 {schemes} 之一",
)
_NO_SCHEME_OF_ONE = Words('"{url}" has no scheme: write {right}', "“{url}”缺少协议：请写 {right}")
_SCHEME = Words(
    '"{url}": there is no "{scheme}://" here; write one of {schemes}',
    "“{url}”：这里没有 {scheme}://；请写 {schemes} 之一",
)
_SCHEME_OF_ONE = Words(
    '"{url}": there is no "{scheme}://" here; write {right}',
    "“{url}”：这里没有 {scheme}://；请写 {right}",
)
_QUERY = Words(
    '"{url}": write what follows the "?" as name=value&name=value',
    "“{url}”：“?”之后请写成 name=value&name=value",
)
_OPTION = Words(
    '"{url}": there is no option "{name}": {scheme}:// {takes}',
    "“{url}”：没有选项 {name}：{scheme}:// {takes}",
)
_TAKES = Words("takes {names}", "可用 {names}")
_TAKES_NOTHING = Words("takes no options", "没有选项")
_AND = Words(" and ", "、")
_TWICE = Words(
    '"{url}": the option "{name}" stands there twice; write it once',
    "“{url}”：选项 {name} 写了两次；请只写一次",
)
_RELATIVE = Words(
    '"{url}" has no absolute path: write three slashes, as in {right}',
    "“{url}”不是绝对路径：请写三个斜杠，如 {right}",
)
_FOLDER = Words(
    '"{url}" names a folder: add the name of the socket', "“{url}”是一个目录：请加上套接字的文件名"
)
_NUL = Words('"{url}": no path holds a NUL: write the plain path', "“{url}”：路径不能含有 NUL：请直接写路径")
_LONG = Words(
    '"{url}": the path has {length} bytes, the kernel takes {most}: choose a shorter one',
    "“{url}”：路径有 {length} 字节，内核最多接受 {most} 字节：请换一个较短的",
)
_HAS_PATH = Words(
    '"{url}" has a path, which means nothing here: write {right}',
    "“{url}”带有路径，这里没有意义：请写 {right}",
)
_HAS_USER = Words(
    '"{url}" names a user, which means nothing here: write {right}',
    "“{url}”带有用户名，这里没有意义：请写 {right}",
)
_NO_PORT = Words('"{url}" has no port: write {right}', "“{url}”缺少端口：请写 {right}")
_IPV6 = Words('"{url}": {why}: write {right}', "“{url}”：不是 IPv6 地址（{why}）：请写 {right}")
_BRACKETS = Words(
    '"{url}": an IPv6 address stands in brackets: write {right}',
    "“{url}”：IPv6 地址要放在方括号里：请写 {right}",
)
_NO_HOST = Words(
    '"{url}" has no host: write {right}, or {other}', "“{url}”缺少主机：请写 {right}，或 {other}"
)
_HOST = Words('"{url}": "{host}" is no host: write {right}', "“{url}”：{host} 不是主机名：请写 {right}")
_BAD_PORT = Words(
    '"{url}": "{port}" is no port: write a number from 0 (any) to {most}',
    "“{url}”：{port} 不是端口：请写 0（任意）到 {most} 的数字",
)


class AddressError(Exception):
    """A URL names no address; the words say why, and what would be right."""

    def __init__(self, words: Words) -> None:
        super().__init__(words.en)
        self.words = words


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
        raise AddressError(_ODD.fill(url=ascii(url)))
    scheme, separator, rest = url.partition("://")
    right = example("tcp" if "tcp" in schemes else min(schemes), options)
    if not separator:
        words = _NO_SCHEME if len(schemes) > 1 else _NO_SCHEME_OF_ONE
        raise AddressError(words.fill(url=url, right=right, schemes=_list(schemes)))
    scheme = scheme.lower()
    if scheme not in schemes:
        words = _SCHEME if len(schemes) > 1 else _SCHEME_OF_ONE
        raise AddressError(words.fill(url=url, scheme=scheme, schemes=_list(schemes), right=right))
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
        raise AddressError(_QUERY.fill(url=url)) from None
    query: dict[str, str] = {}
    for name, value in pairs:
        if name not in known:
            names = Words(*(word.join(known) for word in _AND))
            takes = _TAKES.fill(names=names) if known else _TAKES_NOTHING
            raise AddressError(_OPTION.fill(url=url, name=name, scheme=scheme, takes=takes))
        if name in query:
            raise AddressError(_TWICE.fill(url=url, name=name))
        query[name] = value
    return query


def _path(url: str, place: str, right: str) -> str:
    path = unquote(place)
    if not path.startswith("/"):
        raise AddressError(_RELATIVE.fill(url=url, right=right))
    if path.endswith("/"):
        raise AddressError(_FOLDER.fill(url=url))
    if "\0" in path:
        raise AddressError(_NUL.fill(url=url))
    length = len(os.fsencode(path))
    if length > UNIX_PATH_BYTES:
        raise AddressError(_LONG.fill(url=url, length=length, most=UNIX_PATH_BYTES))
    return path


def _host_and_port(url: str, scheme: str, place: str, right: str) -> tuple[str, int]:
    place = place.removesuffix("/")
    if "/" in place:
        raise AddressError(_HAS_PATH.fill(url=url, right=right))
    if "@" in place:
        raise AddressError(_HAS_USER.fill(url=url, right=right))
    host, separator, port = place.rpartition(":")
    if not separator or port.endswith("]"):
        right = f"{scheme}://{place or '127.0.0.1'}:{_port(scheme)}"
        raise AddressError(_NO_PORT.fill(url=url, right=right))
    if host.startswith("[") and host.endswith("]"):
        host = host[1:-1]
        try:
            IPv6Address(host)
        except ValueError as error:
            raise AddressError(_IPV6.fill(url=url, why=str(error), right=f"{scheme}://[::1]:8888")) from None
    elif ":" in host:
        raise AddressError(_BRACKETS.fill(url=url, right=f"{scheme}://[::1]:8888"))
    elif not host:
        raise AddressError(_NO_HOST.fill(url=url, right=right, other=f"{scheme}://[::1]:{port}"))
    elif " " in host or "[" in host or "]" in host:
        raise AddressError(_HOST.fill(url=url, host=host, right=right))
    if not re.fullmatch("[0-9]{1,5}", port) or int(port) > HIGHEST_PORT:
        raise AddressError(_BAD_PORT.fill(url=url, port=port, most=HIGHEST_PORT))
    return host, int(port)


def _port(scheme: str) -> int:
    """The port of an example."""
    return 8889 if scheme == "tls" else 8888


def _list(schemes: Collection[str]) -> str:
    return ", ".join(f"{scheme}://" for scheme in sorted(schemes))
