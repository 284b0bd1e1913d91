"""Peers that do not read, or write a byte now and then: they are named and closed, and nobody else waits."""

import os
import signal
import socket
import threading
import time
from collections.abc import Generator
from contextlib import ExitStack, contextmanager

import pytest

from callroom_wire import messages as m
from callroom_wire.codec import encode
from callroom_wire.frames import frame
from framed_support import Framed, person
from house_support import PATIENCE, LiveHouse, OpenHouse, wait_until

MIB = 1024 * 1024
LINE = "x" * 1000
LINES = 4000
BATCH = 100
STUCK = 20
SMALL_LOG: dict[str, float] = {"log_entries": 256, "log_bytes": 65536, "send_stall_seconds": 1}
"""A room that remembers little, so that who comes back is served from the ledger."""

SLOW_TO_GROW = 24 * MIB
"""What the memory may grow by while 21 readers take nothing of 4 MB: as many send queues of 256 KiB, a log of
64 KiB, SQLite's caches, and what malloc keeps; without a limit on the queues it would be 80 MB."""


def talk(client: Framed, lines: int) -> None:
    """Says so many lines, each batch acknowledged before the next."""
    for first in range(1, lines + 1, BATCH):
        last = min(first + BATCH - 1, lines)
        client.send(*(m.Say(id=number, room="lobby", text=LINE) for number in range(first, last + 1)))
        client.expect(m.Ack, lambda ack, last=last: last in ack.ids)


@contextmanager
def reading(client: Framed) -> Generator[None]:
    """Somebody reads all the while."""
    over = threading.Event()

    def read() -> None:
        while not over.is_set():
            try:
                client.receive(0.05)
            except TimeoutError:
                continue

    thread = threading.Thread(target=read)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join(PATIENCE)


def test_who_never_reads_is_closed_and_misses_nothing_and_nobody_else_waits(open_house: OpenHouse) -> None:
    house = open_house(SMALL_LOG, ["--no-flood"])
    with ExitStack() as stack:
        writer = stack.enter_context(person(house.port, "writer", "lobby"))
        reader = stack.enter_context(person(house.port, "reader", "lobby"))
        stuck: list[tuple[Framed, str]] = []
        for number in range(STUCK):
            client = stack.enter_context(Framed(house.port, receive_buffer=4096))
            token = client.login(f"stuck{number}").token
            client.join("lobby")
            stuck.append((client, token))
        deaf = stack.enter_context(socket.socket())  # at a text door
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        deaf.connect(("127.0.0.1", house.port))
        deaf.sendall(b"/join lobby\r\n")
        writer.expect(m.Present, lambda present: "guest" in str(present.came))
        before = house.resident()
        with reading(reader):
            talk(writer, LINES)
            wait_until(lambda: len(reader.lines()) == LINES)
            grown = house.resident() - before
        assert len(house.logged("session.closed", count=STUCK + 1, reason="slow_reader")) == STUCK + 1
        assert [seq for seq, _ in reader.lines()] == list(range(1, LINES + 1))
        assert grown < SLOW_TO_GROW, f"{grown / MIB:.1f} MiB"
        writer.alive()

        # What a stuck reader's kernel has taken it may still read; from there on it gets exactly the rest.
        client, token = stuck[0]
        client.until_closed()
        seen = len(client.lines())
        assert seen < LINES
        again = stack.enter_context(Framed(house.port))
        assert again.resume(token, {"lobby": seen}).name == "stuck0"
        again.hear(LINES)
        assert [seq for seq, _ in client.lines() + again.lines()] == list(range(1, LINES + 1))
        # Whoever cannot say what was seen gets it again from where nothing can be missing.
        other = stack.enter_context(Framed(house.port))
        other.resume(stuck[1][1], {})
        other.hear(LINES)
        seqs = [seq for seq, _ in other.lines()]
        assert seqs == list(range(seqs[0], LINES + 1))


def test_who_asks_for_much_and_reads_none_of_it_is_aborted_at_the_hard_limit(open_house: OpenHouse) -> None:
    house = open_house({"hard_close_bytes": 256 * 1024, "send_queue_bytes": 65536}, ["--no-flood"])
    with person(house.port, "writer", "lobby") as writer, person(house.port, "greedy", "lobby") as greedy:
        talk(writer, 300)
        greedy.hear(300)
        with Framed(house.port, receive_buffer=4096) as deaf:
            deaf.login("deaf")
            deaf.join("lobby")
            deaf.send(*(m.History(place="lobby", limit=300) for _ in range(100)))
            house.logged("session.closed", reason="hard_close_bytes")
        greedy.alive()


def test_absolute_deadlines_that_no_byte_moves(open_house: OpenHouse) -> None:
    house = open_house({"frame_seconds": 1, "login_seconds": 1, "first_byte_seconds": 0.5})
    with ExitStack() as stack:
        honest, dripping = (stack.enter_context(person(house.port, name)) for name in ("honest", "dripping"))
        strangers = [stack.enter_context(Framed(house.port)) for _ in range(3)]
        strangers[0].send(m.Hello())
        strangers[1].send(m.Hello(), m.Ping())
        strangers[2].send_raw(b"\0")
        drip_until_closed(dripping)
        assert dripping.until_closed()[-1] == m.Bye(
            code="frame_timeout", text="A frame was not complete within 1 seconds."
        )
        house.logged("session.closed", reason="frame_timeout")
        for stranger in strangers:
            bye = stranger.until_closed()[-1]
            assert isinstance(bye, m.Bye)
            assert bye.code in ("login_timeout", "frame_timeout")
        house.logged("session.closed", count=2, reason="login_timeout")
        honest.alive()


def test_a_busy_client_whose_reads_all_end_within_a_frame_is_not_one_that_drips(
    open_house: OpenHouse,
) -> None:
    house = open_house({"frame_seconds": 1}, ["--no-flood"])
    with person(house.port, "busy") as busy:
        ping = encode(m.Ping(n=7))
        busy.send_raw(ping[:9])
        begun = time.monotonic()
        while time.monotonic() - begun < 3:
            busy.send_raw(ping[9:] + ping[:9])
            busy.expect(m.Pong)
        busy.send_raw(ping[9:])
        busy.expect(m.Pong)
    house.logged("session.closed")
    assert not house.events("session.closed", reason="frame_timeout")


def drip_until_closed(client: Framed) -> None:
    """A byte of a frame every 50 ms."""
    deadline = time.monotonic() + PATIENCE
    for byte in frame(b'{"type":"ping","n":1}' + b" " * 15_000):
        assert time.monotonic() < deadline, "it may drip for ever"
        try:
            client.send_raw(bytes([byte]))
            client.receive(0.05)
        except TimeoutError:
            continue
        except OSError:
            client.ended = True
        if client.ended or any(isinstance(one, m.Bye) for one in client.got):
            return


def test_a_framed_listener_waits_only_so_long_for_a_first_byte(open_house: OpenHouse) -> None:
    house = open_house({"first_byte_seconds": 0.5}, listen="frames://127.0.0.1:0")
    with Framed(house.port) as silent:
        bye = silent.until_closed()
        assert [type(one) for one in bye] == [m.Bye]
        house.logged("session.closed", reason="first_byte")


def test_who_is_silent_is_asked_and_then_gone_and_who_answers_stays(open_house: OpenHouse) -> None:
    house = open_house({"ping_after_seconds": 1, "drop_after_seconds": 3})
    with person(house.port, "silent") as silent, person(house.port, "answers") as answers:
        opened = time.monotonic()
        while not house.events("session.closed", reason="idle"):
            answers.send(m.Pong(n=answers.expect(m.Ping).n))
            assert time.monotonic() - opened < PATIENCE
        kinds = [type(one) for one in silent.until_closed()]
        assert kinds[-2:] == [m.Ping, m.Bye]
        answers.alive()
        assert len(house.events("session.closed")) == 1


def deafen(house: LiveHouse, stack: ExitStack) -> Framed:
    """Somebody for whom much waits, and who reads none of it."""
    deaf = stack.enter_context(Framed(house.port, receive_buffer=4096))
    deaf.login("deaf")
    deaf.join("lobby")
    writer = stack.enter_context(person(house.port, "writer", "lobby"))
    talk(writer, 300)
    deaf.send(*(m.History(place="lobby", limit=300) for _ in range(4)))
    writer.alive()
    return deaf


@pytest.mark.parametrize("signals", [[signal.SIGTERM], [signal.SIGINT, signal.SIGTERM]])
def test_a_house_that_ends_waits_only_so_long_for_who_never_reads(
    open_house: OpenHouse, signals: list[int]
) -> None:
    """A second signal is what ends the wait where it is a long one."""
    drain = 1 if len(signals) == 1 else 10 * PATIENCE
    house = open_house({"drain_seconds": drain, "send_stall_seconds": 3600}, ["--no-flood"])
    with ExitStack() as stack:
        deafen(house, stack)
        for number in signals[:-1]:
            os.kill(house.pid, number)
            house.logged("serve.draining")
        os.kill(house.pid, signals[-1])
        assert house.ended() == 0
    assert house.events("serve.draining")
    assert house.events("serve.ended")
    assert not [line for line in house.log() if line.traceback]
