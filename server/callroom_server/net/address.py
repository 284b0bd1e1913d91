"""What is special about an address to listen at: what its URL must hold, and why nobody can listen there."""

import re
from collections.abc import Collection

from callroom_wire.address import Address, AddressError, Options, example, parse
from callroom_words.words import Words

_NO_KEY = Words('"{url}" needs certificate and key: write {right}', "“{url}”需要证书和私钥：请写 {right}")
_MODE = Words(
    '"{url}": a mode is three octal digits: write ?mode=660', "“{url}”：权限是三位八进制数：请写 ?mode=660"
)

LISTENING: Options = {
    "unix": {"mode": "660"},
    "tls": {"cert": "server.pem", "key": "server.key"},
    "http": {"hello": "Hello, World"},
}
"""What a URL to listen at takes: the permissions of a Unix socket, certificate chain and key (PEM files), and
a line at the top of the page."""


class ListenError(Exception):
    """There is no listening there; the message says why, and what would be right."""


def listening(url: str, schemes: Collection[str], options: Options = LISTENING) -> Address:
    """Read a URL to listen at: `tcp://[::]:8888`, `tls://[::]:8889?cert=...&key=...` or `unix:///run/x.sock`.

    Args:
        url: what the operator wrote.
        schemes: the ones there are doors for.
        options: what each of them takes.

    Raises:
        AddressError: it is none of these, or lacks what listening needs.
    """
    address = parse(url, schemes, options)
    if address.scheme == "tls" and not (address.query.get("cert") and address.query.get("key")):
        raise AddressError(_NO_KEY.fill(url=url, right=example("tls", LISTENING)))
    if not re.fullmatch("0?[0-7]{3}", address.query.get("mode", "600")):
        raise AddressError(_MODE.fill(url=url))
    return address


def unix_mode(address: Address) -> int:
    """The permissions of a Unix socket: its owner's alone unless the URL says otherwise."""
    return int(address.query.get("mode", "600"), 8)
