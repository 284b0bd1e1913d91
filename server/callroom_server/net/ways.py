"""Which of our addresses a datagram came to, so that the answer leaves from there."""

import socket
import struct
import sys
from collections import OrderedDict

from callroom_wire.address import SocketAddress

WAYS_KEPT = 1024
"""Peers whose way is remembered; the kernel chooses for those who were forgotten."""

IP_PKTINFO = 8
"""linux/in.h; the socket module of Python 3.11 has the name for IPv6 only."""

_PKTINFO = struct.Struct("=I4s4s")
"""struct in_pktinfo: interface, our address, and the address in the header (ip(7))."""

_PKTINFO6 = struct.Struct("=16sI")
"""struct in6_pktinfo (RFC 3542, section 6)."""

Extra = list[tuple[int, int, bytes]]
EXTRA_BYTES = socket.CMSG_SPACE(max(_PKTINFO.size, _PKTINFO6.size))
NOTHING: Extra = []


class Ways:
    """Without it the kernel would take an address of its own choice, and who connected a socket to another of
    ours would never see the answer.

    Only on Linux, and only for a socket bound to 0.0.0.0 or [::]; otherwise it knows nothing.
    """

    __slots__ = ("_known", "extra_bytes")

    def __init__(self, sock: socket.socket) -> None:
        self._known: OrderedDict[SocketAddress, Extra] = OrderedDict()
        self.extra_bytes = 0
        if not sys.platform.startswith("linux") or sock.family == socket.AF_UNIX:
            return
        if sock.getsockname()[0] in ("0.0.0.0", "::"):
            self.extra_bytes = EXTRA_BYTES
            if sock.family == socket.AF_INET6:
                sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_RECVPKTINFO, 1)
            else:
                sock.setsockopt(socket.IPPROTO_IP, IP_PKTINFO, 1)

    def learn(self, peer: SocketAddress, extra: Extra) -> None:
        """A datagram has come from there, with this ancillary data."""
        for level, kind, data in extra:
            if (level, kind) == (socket.IPPROTO_IP, IP_PKTINFO):
                _, ours, _ = _PKTINFO.unpack(data)
                back = _PKTINFO.pack(0, ours, bytes(4))
            elif (level, kind) == (socket.IPPROTO_IPV6, socket.IPV6_PKTINFO):
                ours, interface = _PKTINFO6.unpack(data)
                # A link-local address (fe80::/10) is one of an interface; any other leaves by its route.
                back = _PKTINFO6.pack(ours, interface if ours[:1] == b"\xfe" else 0)
            else:
                continue
            self._known.pop(peer, None)
            self._known[peer] = [(level, kind, back)]
            if len(self._known) > WAYS_KEPT:
                self._known.popitem(last=False)

    def back(self, peer: SocketAddress) -> Extra:
        """The ancillary data with which an answer to this peer is sent."""
        return self._known.get(peer, NOTHING)
