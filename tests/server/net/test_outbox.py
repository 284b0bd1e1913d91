"""What waits leaves in order and whole, however the kernel cuts it."""

import socket
import sys

from hypothesis import given, settings
from hypothesis import strategies as st

from callroom_server.net.outbox import SMALL_BYTES, Outbox
from net_support import take


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from([1, 7, SMALL_BYTES - 1, SMALL_BYTES, 50_000]), st.booleans()), max_size=40
    )
)
def test_any_pieces_arrive_as_one_stream(plan: list[tuple[int, bool]]) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.setblocking(False)
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
        outbox = Outbox()
        expected = got = b""
        for number, (size, send) in enumerate(plan):
            piece = bytes([number]) * size
            expected += piece
            outbox.add(memoryview(piece) if number % 2 else piece)
            if send:
                try:
                    sent = outbox.send(ours)
                except BlockingIOError:
                    sent = 0
                assert outbox.size == len(expected) - len(got) - sent
                got += take(theirs, sent)
        while outbox.size:
            got += take(theirs, outbox.send(ours))
        assert got == expected


def test_single_bytes_cost_about_what_they_hold() -> None:
    outbox = Outbox()
    for _ in range(100_000):
        outbox.add(b"xy")
    assert outbox.size == 200_000
    assert outbox.pieces <= 200_000 / SMALL_BYTES + 1


def test_large_pieces_are_shared_and_not_copied() -> None:
    line = bytes(SMALL_BYTES)
    before = sys.getrefcount(line)
    outboxes = [Outbox() for _ in range(3)]
    for outbox in outboxes:
        outbox.add(b"x")
        outbox.add(line)
        assert outbox.pieces == 2
    assert sys.getrefcount(line) == before + 3
