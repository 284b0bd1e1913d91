"""The datagram door: the robot for whoever has a UDP socket, one datagram in and one out.

`callroom_wire.datagrams` has the text protocol. Nothing is kept for an address before it has returned its
cookie, and until then no reply is longer than its request; what is not understood gets no answer at all.
"""

from collections import OrderedDict
from collections.abc import Callable
from typing import Protocol as Interface

from callroom_server.codecs.cookies import Cookies
from callroom_server.config.limits import Limits
from callroom_server.net.datagram import DatagramTransport
from callroom_server.protocols.house import Connection, House
from callroom_server.protocols.udp_call import UdpCall
from callroom_wire.address import SocketAddress, address_text
from callroom_wire.datagrams import COOKIE_BYTES, TOO_SHORT, Asked, Greeted, give, read_request

LOWEST_PORT = 1024
"""Below are services such as echo (7), chargen (19) and DNS (53), which answer whatever they are sent."""

SWEEP_SECONDS = 5.0
"""How often silent calls are looked for."""


class Gate(Interface):
    """What decides about callers who have proved their address."""

    def admit_proved(self, connection: Connection, peer: str) -> tuple[str, int] | None:
        """Lets a call in (None), or says with which code and limit it is turned away."""
        ...


class Sources:
    """How many replies each address may have: a token bucket for each of the `datagram_sources` last seen.

    Who is forgotten begins anew: under a flood of forged addresses an honest one is served all the same.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, source: str, now: float) -> bool:
        """Takes one reply from the address's allowance, if there is one left."""
        rate = self._limits.datagram_replies_per_second
        burst = max(rate, 1.0)
        tokens, at = self._buckets.pop(source, (burst, now))
        tokens = min(burst, tokens + (now - at) * rate)
        allowed = tokens >= 1.0
        self._buckets[source] = (tokens - 1.0 if allowed else tokens, now)
        if len(self._buckets) > self._limits.datagram_sources:
            self._buckets.popitem(last=False)
        return allowed

    def __len__(self) -> int:
        return len(self._buckets)


class UdpDoor:
    """Every caller of one datagram socket.

    `ignored` counts what got no answer, by reason: `low_port`, `too_fast`, `not_understood`, `bad_cookie`,
    `too_long`, `late` (an older number than the last, or one that is being answered), `full`.

    Args:
        gate: admits calls, and counts them with the house's connections.
        source_of: what of a peer's name counts as one source: an IPv4 address, or an IPv6 /64.
        lang: spoken to whoever has not chosen.
    """

    kind = "udp"

    def __init__(
        self, house: House, gate: Gate, source_of: Callable[[str], str], lang: str, limits: Limits
    ) -> None:
        self._house = house
        self._gate = gate
        self._source_of = source_of
        self._lang = lang
        self._limits = limits
        self._cookies = Cookies()
        self._sources = Sources(limits)
        self._calls: OrderedDict[SocketAddress, UdpCall] = OrderedDict()  # the longest silent first
        self._transport: DatagramTransport | None = None
        self._sweeping = False
        self.ignored: dict[str, int] = {}
        self.cookies = 0

    @property
    def calls(self) -> int:
        """Calls that are open."""
        return len(self._calls)

    def open(self, transport: DatagramTransport) -> None:
        """The socket is this door's now."""
        self._transport = transport

    # --- for the transport --------------------------------------------------------------------------------

    def datagram_received(self, data: bytes, address: SocketAddress) -> None:
        """One in; what it deserves goes out."""
        if self._is_low(address):
            return
        match read_request(data):
            case None:
                self._ignore("not_understood")
            case Greeted(size=size):
                self._greeted(size, address)
            case Asked() as asked:
                self._asked(asked, address)

    def datagram_cut(self, data: bytes, address: SocketAddress) -> None:
        """What is too long for an entry is none."""
        self._ignore("too_long")

    def connection_lost(self, reason: str) -> None:
        """The socket is gone, and every call with it."""
        for call in list(self._calls.values()):
            self.end(call, reason or "closed")

    # --- the talk -----------------------------------------------------------------------------------------

    def _is_low(self, address: SocketAddress) -> bool:
        if isinstance(address, tuple) and address[1] >= LOWEST_PORT:
            return False
        self._ignore("low_port")
        return True

    def _greeted(self, size: int, address: SocketAddress) -> None:
        if not self._may_reply(address):
            return
        if size < COOKIE_BYTES:
            self.reply(TOO_SHORT[:size], address)
            return
        self.cookies += 1
        self.reply(give(self._cookies.make(address_text(address), self._house.time())), address)

    def _asked(self, asked: Asked, address: SocketAddress) -> None:
        now = self._house.time()
        call = self._calls.get(address)
        known = call is not None and call.has_cookie(asked.cookie)
        if not known and not self._cookies.good(asked.cookie, address_text(address), now):
            self._ignore("bad_cookie")
            return
        if not self._may_reply(address):
            return
        if call is None:
            call = self._begin(asked.cookie, address)
            if call is None:
                return
        call.heard_at = now
        self._calls.move_to_end(address)
        try:
            if not call.asked(asked):
                self._ignore("late")
        except Exception:
            call.transport.abort("internal_error")
            raise

    def _begin(self, cookie: str, address: SocketAddress) -> UdpCall | None:
        peer = address_text(address)
        call = UdpCall(self, self._house, peer, address, cookie, self._lang, self._limits)
        if len(self._calls) >= self._limits.datagram_calls or self._gate.admit_proved(call.transport, peer):
            self._ignore("full")
            return None
        self._calls[address] = call
        call.session = self._house.opened(call, self.kind, peer)
        if not self._sweeping:
            self._sweeping = True
            self._house.call_later(SWEEP_SECONDS, self._sweep)
        return call

    def reply(self, data: bytes, address: SocketAddress) -> None:
        """Sends one datagram."""
        assert self._transport is not None
        self._transport.send(data, address)

    def end(self, call: UdpCall, reason: str) -> None:
        """A call is over: its caller is a stranger again. Harmless when it was."""
        if self._calls.get(call.address) is call:
            del self._calls[call.address]
            self._house.lost(call.session, reason)

    def _may_reply(self, address: SocketAddress) -> bool:
        peer = address_text(address)
        if self._sources.take(self._source_of(peer) or peer.rpartition(":")[0], self._house.time()):
            return True
        self._ignore("too_fast")
        return False

    def _ignore(self, reason: str) -> None:
        self.ignored[reason] = self.ignored.get(reason, 0) + 1

    def _sweep(self) -> None:
        """Ends the calls of those who have been silent for too long."""
        oldest = self._house.time() - self._limits.datagram_call_seconds
        while self._calls:
            call = next(iter(self._calls.values()))
            if call.heard_at > oldest:
                break
            self.end(call, "silent")
        if self._calls:
            self._house.call_later(SWEEP_SECONDS, self._sweep)
        else:
            self._sweeping = False
