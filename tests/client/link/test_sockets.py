"""The three modes of a socket, and what becomes of each operation, as the kernel gave it."""

import errno
import os
import socket
import threading
import time
from pathlib import Path

import pytest

from callroom_client.client import AddressError, Client, NotSent, ProfileError, Timeouts
from callroom_client.events import (
    Began,
    Ended,
    KernelSeen,
    Outcome,
    SocketOpened,
    Stage,
    StageChanged,
    TimeoutsSet,
    Verb,
)
from callroom_client.link.conversation import Conversation
from callroom_client.link.dialing import PACE_SECONDS, Dialer, Target, Unreached
from callroom_client.link.lines import Lines
from callroom_client.link.link import Link
from callroom_client.link.operations import Operations
from callroom_client.link.outbox import Outbox
from callroom_client.link.profile import Profile
from callroom_client.link.telling import Telling
from callroom_wire import messages as m
from callroom_wire.address import Address
from house_support import PATIENCE
from link_support import Ear, Peer, Stranger

from .conftest import Call, Host


def talk(peer: Peer) -> None:
    """A server that answers each `Rooms` with a `Noted`, and says nothing else."""
    peer.log_in(resumed=peer.number > 0)
    while True:
        peer.send(m.Noted(text="so it is", ref=peer.expect(m.Rooms).ref))


def recvs(ear: Ear) -> list[Ended]:
    return [event for event in ear.all(Ended) if event.verb is Verb.RECV]


def test_recv_with_a_time_out_ends_and_begins_anew(host: Host, call: Call) -> None:
    client, ear = call(host(talk).url, timeouts=Timeouts(recv=0.2))
    ear.stage(Stage.READY)
    ended = ear.wait(Ended, lambda e: e.outcome is Outcome.TIMED_OUT)
    began = next(event for event in ear.all(Began) if event.number == ended.number)
    assert (ended.verb, ended.timeout, ended.errno, ended.size) == (Verb.RECV, 0.2, "", 0)
    assert began.deadline == pytest.approx(began.at + 0.2)
    assert ended.seconds >= 0.2
    client.ask(m.Rooms())
    ear.heard(m.Noted)


def test_recv_without_waiting_is_a_blocking_io_error_at_a_steady_pace(host: Host, call: Call) -> None:
    client, ear = call(host(talk).url, timeouts=Timeouts(recv=0))
    ear.stage(Stage.READY)
    start = len(ear.events)
    first = ear.wait(Ended, lambda e: e.outcome is Outcome.WOULD_BLOCK, start)
    assert (first.verb, first.timeout, first.errno) == (Verb.RECV, 0, "EAGAIN")
    assert first.detail == os.strerror(errno.EAGAIN)
    second = ear.wait(Ended, lambda e: e.number > first.number, start)
    assert second.at - first.at >= PACE_SECONDS * 0.9  # nothing came, so it rested
    tries = len(recvs(ear))
    client.ask(m.Rooms())
    ear.heard(m.Noted)  # at once: the rest ends when something comes
    assert len(recvs(ear)) <= tries + 4


def test_recv_for_ever_really_blocks(host: Host, call: Call) -> None:
    client, ear = call(host(talk).url, timeouts=Timeouts(recv=None, connect=None, send=None))
    ear.stage(Stage.READY)
    for _ in range(3):
        ear_before = len(ear.events)
        client.ask(m.Rooms())
        ear.wait(Ended, lambda e: e.verb is Verb.RECV and e.outcome is Outcome.DATA, ear_before)
    began = [event for event in ear.all(Began) if event.verb is Verb.RECV]
    assert {(event.timeout, event.deadline) for event in began} == {(None, None)}
    assert {event.outcome for event in recvs(ear)} == {Outcome.DATA}
    client.close()  # shutdown ends the sleep in recv(2)
    assert recvs(ear)[-1].outcome is Outcome.CLOSED


def test_a_recv_in_progress_keeps_its_time_out(host: Host, call: Call) -> None:
    client, ear = call(host(talk).url, timeouts=Timeouts(recv=None))
    ear.stage(Stage.READY)
    client.set_timeout(Verb.RECV, 0.05)
    changed = ear.wait(TimeoutsSet, lambda e: e.recv == 0.05)
    assert (changed.connect, changed.send) == (5.0, 10.0)
    before = len(recvs(ear))
    client.set_timeout(Verb.SEND, 0.3)  # a second recv would have timed out by the time this is told
    ear.wait(TimeoutsSet, lambda e: e.send == 0.3)
    time.sleep(0.15)  # three of the new time-outs: long enough to see that nothing ends
    assert len(recvs(ear)) == before
    client.ask(m.Rooms())
    ear.heard(m.Noted)
    assert recvs(ear)[before].timeout is None
    assert ear.wait(Ended, lambda e: e.outcome is Outcome.TIMED_OUT).timeout == 0.05
    sent = [event for event in ear.all(Ended) if event.verb is Verb.SEND]
    assert sent[-1].timeout == 0.3


def test_modes_change_under_way_and_nothing_is_lost(host: Host, call: Call) -> None:
    client, ear = call(host(talk).url)
    ear.stage(Stage.READY)
    modes = (None, 0, 0.02, None, 0.02, 0, None)
    for turn, mode in enumerate(modes * 3):
        client.set_timeout(Verb.RECV, mode)
        client.set_timeout(Verb.SEND, modes[turn % 4])
        ref = client.ask(m.Rooms())
        ear.heard(m.Noted, lambda noted, ref=ref: noted.ref == ref)
    for event in ear.all(Ended):
        if event.outcome is Outcome.WOULD_BLOCK:
            assert event.timeout == 0
        if event.outcome is Outcome.TIMED_OUT:
            assert event.timeout
    assert not [event for event in ear.all(StageChanged) if event.stage is Stage.WAITING]


@pytest.mark.parametrize("timeout", [0.05, 0, None])
def test_what_a_send_does_not_take_is_kept(host: Host, call: Call, timeout: float | None) -> None:
    text = "x" * 60_000
    asked: list[int] = []
    full = threading.Event()

    def act(peer: Peer) -> None:
        peer.log_in()
        assert full.wait(PATIENCE)
        for ref in asked:
            peer.expect(m.Away, lambda away, ref=ref: away.ref == ref and away.text == text)
        peer.send(m.Noted(text="all of it"))
        peer.until_closed()

    client, ear = call(host(act).url, timeouts=Timeouts(send=timeout))
    ear.stage(Stage.READY)

    def stopped() -> bool:
        """Whether a send has met a full kernel."""
        if timeout is None:  # then it sleeps in send(2)
            last = [e for e in ear.events if isinstance(e, Began | Ended) and e.verb is Verb.SEND][-1]
            return isinstance(last, Began) and time.monotonic() > last.at + 0.1
        ended = [event for event in ear.all(Ended) if event.verb is Verb.SEND and not event.size]
        assert {e.outcome for e in ended} <= {Outcome.TIMED_OUT if timeout else Outcome.WOULD_BLOCK}
        return bool(ended)

    while not stopped():
        try:
            asked.append(client.ask(m.Away(text=text)))
        except NotSent:  # as much as may wait is waiting
            time.sleep(0.002)
        assert len(asked) < 1000
    full.set()
    ear.heard(m.Noted)


def test_connect_is_refused_and_tried_again_at_once_on_demand(call: Call) -> None:
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        port = reserved.getsockname()[1]
        client, ear = call(f"tcp://127.0.0.1:{port}")
        waiting = ear.stage(Stage.WAITING)
        ended = ear.wait(Ended, lambda e: e.verb is Verb.CONNECT)
        assert (ended.outcome, ended.errno) == (Outcome.REFUSED, "ECONNREFUSED")
        assert waiting.code == "ECONNREFUSED"
        assert waiting.address == f"tcp://127.0.0.1:{port}"
        tries = len(ear.all(Ended))
        client.reconnect_now()
        ear.wait(Ended, lambda e: e.verb is Verb.CONNECT, after=ear.events.index(ended) + 1)
        assert len(ear.all(Ended)) > tries


@pytest.mark.parametrize(
    ("timeout", "outcome", "name"), [(0.2, Outcome.TIMED_OUT, ""), (0, Outcome.WOULD_BLOCK, "EINPROGRESS")]
)
def test_connect_to_a_full_backlog(call: Call, timeout: float, outcome: Outcome, name: str) -> None:
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        waiting = [socket.socket() for _ in range(4)]
        for sock in waiting:
            sock.setblocking(False)
            sock.connect_ex(full.getsockname())
        client, ear = call(f"tcp://127.0.0.1:{full.getsockname()[1]}", timeouts=Timeouts(connect=timeout))
        ended = ear.wait(Ended, lambda e: e.verb is Verb.CONNECT)
        assert (ended.outcome, ended.errno, ended.timeout) == (outcome, name, timeout)
        if timeout:
            assert ear.stage(Stage.WAITING).code == "connect_timeout"
        else:
            again = ear.wait(Ended, lambda e: e.verb is Verb.CONNECT and e.number > ended.number)
            assert again.errno == "EALREADY"
            client.set_timeout(Verb.CONNECT, None)  # and now it sleeps in connect(2), till it is ended
            ear.wait(Began, lambda e: e.verb is Verb.CONNECT and e.timeout is None)
        client.close()
        for sock in waiting:
            sock.close()


def test_connect_without_waiting_gets_through(host: Host, call: Call) -> None:
    _, ear = call(host(talk).url, timeouts=Timeouts(connect=0))
    ear.stage(Stage.READY)
    ended = [(event.outcome, event.errno) for event in ear.all(Ended) if event.verb is Verb.CONNECT]
    # Over loopback the handshake is over before connect(2) returns, but not by every kernel's rules.
    assert ended[-1] == (Outcome.DONE, "")
    assert ended[:-1] in ([], [(Outcome.WOULD_BLOCK, "EINPROGRESS")])


class Resolving:
    """The dialer alone, with a resolver that knows one name."""

    def __init__(self, *found: tuple[int, tuple[str, int]]) -> None:
        self.ear = Ear()
        self.telling = Telling(self.ear)
        self._found = found
        self.dialer = Dialer(
            Operations(self.telling), lambda: 2.0, lambda _: None, lambda _: False, self.resolve
        )

    def resolve(
        self, host: str, port: int, family: int = 0, kind: int = 0, /
    ) -> list[tuple[int, int, int, str, tuple[str, int]]]:
        assert (host, kind) == ("house", socket.SOCK_STREAM)
        return [(family, kind, 6, "", where) for family, where in self._found]


def test_addresses_are_tried_in_turn() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
        both = Resolving((socket.AF_INET6, ("::1", port)), (socket.AF_INET, ("127.0.0.1", port)))
        targets = both.dialer.resolve(Address("tcp", "house", port))
        assert [target.name for target in targets] == [f"tcp://[::1]:{port}", f"tcp://127.0.0.1:{port}"]
        with pytest.raises(Unreached, match="ECONNREFUSED"):
            both.dialer.connect(targets[0])
        both.dialer.connect(targets[1]).close()


def test_the_link_goes_on_to_the_next_address(host: Host, tmp_path: Path) -> None:
    stranger = host(talk)
    port = stranger.port
    found = Resolving((socket.AF_INET6, ("::1", port)), (socket.AF_INET, ("127.0.0.1", port)))
    ear = Ear()
    outbox = Outbox(Profile(tmp_path / "p.db"))
    conversation = Conversation(Lines([], 0))
    link = Link(Address("tcp", "house", port), conversation, outbox, ear, resolver=found.resolve)
    link.start()
    assert ear.stage(Stage.READY).address == stranger.url
    link.close()
    tried = [event.address for event in ear.all(StageChanged) if event.stage is Stage.CONNECTING]
    assert tried == [f"tcp://[::1]:{port}", stranger.url]


def test_ipv6(call: Call) -> None:
    stranger = Stranger(talk, socket.AF_INET6)
    client, ear = call(stranger.url)
    ear.stage(Stage.READY)
    opened = ear.wait(SocketOpened)
    assert (opened.family, opened.peer, opened.tls) == ("AF_INET6", f"[::1]:{stranger.port}", "")
    client.close()
    stranger.close()


def test_a_host_that_nobody_knows(call: Call) -> None:
    _, ear = call("tcp://no.such.host.invalid:1")
    waiting = ear.stage(Stage.WAITING)
    assert waiting.code == "unknown_host"
    ended = ear.wait(Ended)
    assert (ended.verb, ended.outcome) == (Verb.RESOLVE, Outcome.FAILED)
    assert ended.errno.startswith("EAI_")
    _, ear = call("tcp://a..b:1", profile="other.db")
    assert ear.stage(Stage.WAITING).code == "unknown_host"


def test_a_unix_socket(call: Call, tmp_path: Path) -> None:
    _, ear = call(f"unix://{tmp_path}/none.sock")
    assert ear.stage(Stage.WAITING).code == "ENOENT"
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / "some.sock"))
        listening.listen()
        client, ear = call(f"unix://{tmp_path}/some.sock", profile="other.db")
        sock, _ = listening.accept()
        with sock:
            Peer(sock, 0).log_in()
            ear.stage(Stage.READY)
            assert ear.wait(SocketOpened).peer == f"unix:{tmp_path}/some.sock"
            client.watch_kernel(True)  # which has nothing to say of it
            client.close()
        assert not ear.all(KernelSeen)


def test_a_unix_socket_whose_backlog_is_full(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as full, socket.socket(socket.AF_UNIX) as waiting:
        full.bind(str(tmp_path / "full.sock"))
        full.listen(0)
        waiting.connect(str(tmp_path / "full.sock"))
        alone = Resolving()
        paused: list[float] = []
        dialer = Dialer(
            Operations(alone.telling), lambda: 1.0, lambda _: None, lambda s: bool(paused.append(s))
        )
        with pytest.raises(Unreached, match="connect_timeout"):
            dialer.connect(Target(socket.AF_UNIX, str(tmp_path / "full.sock"), "unix:///full"))
        assert sum(paused) == 1.0
        alone.telling.tell_all()
        assert {event.errno for event in alone.ear.all(Ended)} == {"EAGAIN"}


def test_what_the_kernel_knows(host: Host, call: Call) -> None:
    client, ear = call(host(talk).url)
    ear.stage(Stage.READY)
    client.watch_kernel(True)
    seen = ear.wait(KernelSeen)
    assert seen.state == "ESTABLISHED"
    assert 0 < seen.round_trip < 10
    assert (seen.retransmits, seen.unread) == (0, 0)
    ear.wait(KernelSeen, after=ear.events.index(seen) + 1)
    client.watch_kernel(False)


@pytest.mark.parametrize("value", [-1, 0.001, float("nan"), float("inf"), 1e9])
def test_what_is_no_time_out(call: Call, value: float) -> None:
    client, _ = call("tcp://127.0.0.1:1", start=False)
    with pytest.raises(ValueError, match=r"is no time-out: None, 0, or 0\.01 to 86400 seconds"):
        client.set_timeout(Verb.RECV, value)
    with pytest.raises(ValueError, match="resolve has no time-out"):
        client.set_timeout(Verb.RESOLVE, 1)


def test_what_cannot_be_called(tmp_path: Path) -> None:
    with pytest.raises(AddressError, match='there is no "http://" here'):
        Client("http://127.0.0.1:80", profile=tmp_path / "p.db")
    (tmp_path / "empty.pem").touch()
    for name in ("none.pem", "empty.pem"):
        with pytest.raises(AddressError, match=r"cannot be used: .*: name a PEM file"):
            Client(f"tls://127.0.0.1:1?ca={tmp_path}/{name}", profile=tmp_path / "p.db")
    (tmp_path / "file").touch()
    with pytest.raises(ProfileError, match="choose a folder you may write to"):
        Client("tcp://127.0.0.1:1", profile=tmp_path / "file" / "p.db")
