"""The house's figures, gathered from what it counts anyway at the moment when somebody asks for them."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from importlib.metadata import version
from typing import Protocol

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from callroom_server.app.house import House
from callroom_server.core.ledger import LedgerState
from callroom_server.net.datagram import DatagramTransport
from callroom_server.net.transport import Transport
from callroom_server.protocols.udp import UdpDoor

Values = Mapping[tuple[str, ...], float] | Mapping[tuple[str, str], float] | Mapping[tuple[()], float]
"""A value for each combination of labels."""


class Sockets(Protocol):
    """What the porter counts."""

    urls: list[str]
    refused: Counter[str]
    datagrams: list[tuple[UdpDoor, DatagramTransport]]


class Figures:
    """Gathers a house's figures; each name begins with `callroom_`, and the docs list them all."""

    def __init__(
        self,
        house: House,
        sockets: Sockets,
        answered: Counter[tuple[str, int]],
        visitors: Collection[object],
    ) -> None:
        self._house = house
        self._sockets = sockets
        self._answered = answered
        self._visitors = visitors

    def gather(self) -> Iterator[Metric]:
        """All of them, as they are now."""
        yield from self._people()
        yield from self._ledger()
        yield from self._traffic()
        yield from self._datagrams()

    def _people(self) -> Iterator[Metric]:
        house, hub = self._house, self._house.hub
        yield _gauge("info", "1; the version is in the label", ("version",), {(version("callroom"),): 1})
        here = Counter((session.door, session.state.value) for session in hub.sessions.values())
        yield _gauge("connections", "open now, by door and state", ("door", "state"), here)
        yield _gauge("http_connections", "open now at the HTTP door", (), {(): len(self._visitors)})
        newcomers = len(house.gate.newcomers)
        yield _gauge("newcomers", "connections that have made no sense yet", (), {(): newcomers})
        yield _counter("sessions", "begun, by door", ("door",), _one(house.tally.begun))
        yield _counter("sessions_ended", "ended, by reason", ("reason",), _one(house.tally.ended))
        yield _gauge("devices", "people with a name, connected or not", (), {(): len(hub.state.devices)})
        yield _gauge("rooms", "in the house", (), {(): len(hub.state.rooms)})
        yield _gauge("places_open", "rooms and conversations with somebody in", (), {(): len(hub.places)})
        calls = sum(session.call is not None for session in hub.sessions.values())
        yield _gauge("calls", "with the robot, under way", (), {(): calls})
        yield _counter("calls_begun", "with the robot", (), {(): hub.calls})

    def _ledger(self) -> Iterator[Metric]:
        house, ledger = self._house, self._house.ledger
        states = {(state.value,): float(state is house.ledger_state) for state in LedgerState}
        yield _gauge("ledger_state", "1 for the state it is in", ("state",), states)
        yield _counter("records", "committed in this run, of every kind", (), {(): house.tally.records})
        yield _counter("messages", "lines said and committed", (), {(): house.hub.said})
        yield _gauge("ledger_queue", "records that wait for a commit", (), {(): ledger.queued})
        yield ledger.commits.family("callroom_commit_seconds", "how long commits took")

    def _traffic(self) -> Iterator[Metric]:
        house = self._house
        yield _counter("deliveries", "entries of places sent to members", (), {(): house.fanout.delivered})
        transports = [door.transport for door in house.doors.values()]
        waiting = sum(one.waiting_bytes for one in transports if isinstance(one, Transport))
        yield _gauge("send_queue_bytes", "written and not taken by the kernel", (), {(): waiting})
        congested = sum(one.congested for one in transports)
        yield _gauge("congested", "connections for which something waits", (), {(): congested})
        yield _gauge("receive_buffer_bytes", "of unfinished frames", (), {(): house.buffered_bytes})
        yield _gauge("slowed", "sessions that were too fast and wait", (), {(): len(house.pacing.waiting)})
        yield _counter("slowdowns", "times that a session was made to wait", (), {(): house.tally.slowdowns})
        yield _counter("refusals", "of requests, by code", ("code",), _one(house.hub.refused_as))
        yield _counter("connections_refused", "at the door, by code", ("code",), _one(self._sockets.refused))
        yield _gauge("errands", "for workers, under way", ("workers",), _one(house.errands.under_way))
        pages = {(page, str(status)): count for (page, status), count in self._answered.items()}
        yield _counter("http_replies", "by page and status", ("page", "status"), pages)
        yield _counter("loop_passes", "of the reactor", (), {(): house.reactor.passes})

    def _datagrams(self) -> Iterator[Metric]:
        ignored: Counter[str] = Counter()
        moved: Counter[str] = Counter()
        for door, transport in self._sockets.datagrams:
            ignored.update(door.ignored)
            moved.update(
                received=transport.received,
                sent=transport.sent,
                cut=transport.cut,
                dropped=transport.dropped_out,
                errors=transport.errors,
            )
            moved["cookies"] += door.cookies
        if self._sockets.datagrams:
            yield _counter("datagrams", "at udp:// listeners, by what became of them", ("what",), _one(moved))
            yield _counter("datagrams_ignored", "that got no answer, by reason", ("reason",), _one(ignored))


def _one(counts: Mapping[str, int]) -> Mapping[tuple[str, ...], float]:
    return {(name,): count for name, count in counts.items()}


def _counter(name: str, about: str, labels: tuple[str, ...], values: Values) -> CounterMetricFamily:
    family = CounterMetricFamily(f"callroom_{name}", about, labels=labels)
    for key, value in values.items():
        family.add_metric(key, value)
    return family


def _gauge(name: str, about: str, labels: tuple[str, ...], values: Values) -> GaugeMetricFamily:
    family = GaugeMetricFamily(f"callroom_{name}", about, labels=labels)
    for key, value in values.items():
        family.add_metric(key, value)
    return family
