"""Storms at the door: resets, callers who are gone before they are let in, and no descriptors left."""

import resource
import socket
import struct
import subprocess
import time
from contextlib import ExitStack
from pathlib import Path

import pytest

from callroom_server.protocols.first_bytes import REFUSALS, Knock
from callroom_wire import messages as m
from callroom_wire.errors import WireError
from framed_support import Framed, person
from house_support import PATIENCE, LiveHouse, Nursery, OpenHouse, Special, wait_until

RESETS = 2000
FEW = 100
RST = struct.pack("ii", 1, 0)


def call(house: LiveHouse) -> socket.socket:
    return socket.create_connection(("127.0.0.1", house.port), PATIENCE)


def reset(sock: socket.socket) -> None:
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RST)
    sock.close()


@pytest.fixture
def many_descriptors() -> None:
    """This process needs one for each connection, too."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = RESETS + 500
    assert hard == resource.RLIM_INFINITY or hard >= wanted, f"ulimit -Hn is {hard}; {wanted} are needed"
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def test_two_thousand_members_reset_at_once(open_house: OpenHouse, many_descriptors: None) -> None:
    house = open_house({"unauthenticated_connections": 5000, "unauthenticated_drop_from": 5000})
    with ExitStack() as stack:
        witness = stack.enter_context(person(house.port, "witness", "lobby"))
        before = house.sockets()
        clients: list[Framed] = []
        for _ in range(RESETS):
            clients.append(stack.enter_context(Framed(house.port)))
            clients[-1].send(m.Hello(), m.Login(), m.Join(room="lobby"))
        for client in clients:
            client.expect(m.Joined)
        house.freeze()  # so that all the resets are there in one pass
        for client in clients:
            client.reset()
        house.thaw()
        house.logged("session.closed", count=RESETS)
        lost: list[str] = []
        while len(lost) < RESETS:
            lost += witness.expect(m.Present, lambda present: present.lost).lost
        assert len(set(lost)) == RESETS
        witness.alive()
        wait_until(lambda: house.sockets() == before)
        witness.send(m.Who(room="lobby"))
        states = [info.state for info in everyone(witness)]
        assert (states.count("here"), states.count("lost")) == (1, RESETS)
    assert not faults(house)


def everyone(client: Framed) -> list[m.PersonInfo]:
    people: list[m.PersonInfo] = []
    more = True
    while more:
        listed = client.expect(m.WhoListed)
        people += listed.people
        more = listed.more
    return people


def faults(house: LiveHouse) -> list[str]:
    """What the log tells of mistakes of our own."""
    return [line.raw for line in house.log() if line.traceback]


def test_callers_who_are_gone_before_they_are_let_in(open_house: OpenHouse, many_descriptors: None) -> None:
    house = open_house()
    with person(house.port, "witness") as witness:
        before = house.sockets()
        for _ in range(3):
            house.freeze()  # so that they are reset in the backlog
            callers = [call(house) for _ in range(300)]
            for caller in callers:
                reset(caller)
            house.thaw()
            witness.alive()
        for greeting in (b"", b"\0", b"\0\0\0\5", b"\xff\xfd", b"GET / HTTP/1.1\r\n", b"\x16\x03\x01", b"0"):
            house.freeze()
            callers = [call(house) for _ in range(50)]
            for caller in callers:
                caller.sendall(greeting)
                reset(caller)
            house.thaw()
            witness.alive()
        wait_until(lambda: house.sockets() == before)
        with person(house.port, "latecomer") as latecomer:
            latecomer.alive()
    assert not faults(house)


def is_served(port: int) -> bool:
    """Whether a newcomer comes in; "the house is full" is no frame."""
    try:
        with person(port, "carol", "lobby") as carol:
            carol.alive()
    except (WireError, ConnectionError):
        return False
    return True


def test_out_of_descriptors_those_inside_are_served_and_nothing_spins(
    open_house: OpenHouse, many_descriptors: None
) -> None:
    limits: dict[str, float] = {"unauthenticated_connections": 9999, "unauthenticated_drop_from": 9999}
    house = open_house(limits, ["--no-flood"])
    # Fewer than it counts on, so that accept(2) itself fails: what a leak or a full system would do.
    resource.prlimit(house.pid, resource.RLIMIT_NOFILE, (FEW, FEW))
    with ExitStack() as stack:
        alice = stack.enter_context(person(house.port, "alice", "lobby"))
        bob = stack.enter_context(person(house.port, "bob", "lobby"))
        before = house.sockets()
        crowd = [stack.enter_context(call(house)) for _ in range(400)]
        wait_until(lambda: house.descriptors() == FEW)
        begun, computed = time.monotonic(), house.cpu_seconds()
        for number in range(1, 31):
            alice.say(number, "lobby", "still here")
            bob.hear(number)
            time.sleep(0.05)
        share = (house.cpu_seconds() - computed) / (time.monotonic() - begun)
        assert share < 0.4, f"{share:.0%} of a core for one line in 50 ms"  # spinning it would be all of one
        told = [line for line in house.log() if "Too many open files" in line.raw]
        assert 1 <= len(told) <= 10, "told once, not once for each"
        for caller in crowd:
            reset(caller)
        wait_until(lambda: house.sockets() == before)
        wait_until(lambda: is_served(house.port), "a newcomer is let in")  # after those gone from the backlog
    assert not faults(house)


def test_the_house_is_full_and_says_so(open_house: OpenHouse, nursery: Nursery) -> None:
    few = {"RLIMIT_NOFILE": 80}
    house = open_house({"descriptors_reserved": 70}, starter=Special(nursery, soft=few, hard=few))
    with ExitStack() as stack:
        for _ in range(10):
            stack.enter_context(person(house.port))
        with call(house) as caller:
            assert b"10" in everything(caller)
        assert house.logged("connection.refused", code="house_full")[0].limit == 10


def everything(sock: socket.socket) -> bytes:
    parts: list[bytes] = []
    while part := sock.recv(65536):
        parts.append(part)
    return b"".join(parts)


def test_newcomers_beyond_the_limit_are_told(open_house: OpenHouse) -> None:
    house = open_house({"unauthenticated_connections": 5, "unauthenticated_drop_from": 5})
    with ExitStack() as stack:
        inside = [stack.enter_context(Framed(house.port)) for _ in range(5)]
        for client in inside:
            client.hello()
        with call(house) as caller:
            assert b"at the door" in everything(caller)
        assert house.logged("connection.refused", code="too_many_newcomers")[0].limit == 5
        inside[0].login("now-known")
        with person(house.port, "next") as someone:
            someone.alive()


def test_newcomers_beyond_the_limit_are_told_by_tls_and_hold_nothing(
    open_house: OpenHouse, tmp_path: Path
) -> None:
    make = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2"
    files = ["-subj", "/CN=localhost", "-keyout", f"{tmp_path}/key.pem", "-out", f"{tmp_path}/cert.pem"]
    subprocess.run([*make.split(), *files], check=True, capture_output=True)
    limits: dict[str, float] = {"unauthenticated_connections": 5, "unauthenticated_drop_from": 5}
    limits["tls_handshake_seconds"] = 600
    listen = f"tls://127.0.0.1:0?cert={tmp_path}/cert.pem&key={tmp_path}/key.pem"
    house = open_house(limits, listen=listen)
    before = house.sockets()
    with ExitStack() as stack:
        for _ in range(5):
            stack.enter_context(call(house))
        wait_until(lambda: house.sockets() == before + 5)
        silent = [stack.enter_context(call(house)) for _ in range(FEW)]
        for caller in silent:
            assert caller.recv(100) == REFUSALS[Knock.TLS]
        wait_until(lambda: house.sockets() == before + 5, "who was turned away holds no descriptor")
        for _ in range(FEW):
            reset(call(house))
        house.logged("connection.refused", count=2 * FEW)
    assert not faults(house)


def test_half_closed_with_requests_under_way(open_house: OpenHouse) -> None:
    house = open_house(options=["--no-flood"])
    with Framed(house.port) as client:
        client.send(m.Hello(), m.Login(name="alice"), m.Join(room="lobby"))
        client.send(*(m.Say(id=number, room="lobby", text=str(number)) for number in range(1, 301)))
        client.send(m.History(place="lobby", limit=100), m.Who(room="lobby", ref=7), m.Ping(n=9))
        client.finish()
        answers = client.until_closed()
        acknowledged = [number for one in answers if isinstance(one, m.Ack) for number in one.ids]
        assert sorted(acknowledged) == list(range(1, 301))
        assert [seq for seq, _ in client.lines()] == list(range(1, 301))
        for kind in (m.Page, m.WhoListed, m.Pong):
            assert any(isinstance(one, kind) for one in answers), kind
        house.logged("session.closed", reason="ended")
