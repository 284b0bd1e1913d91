"""Strangers at the datagram door, a million of them: `python tests/udp_strangers.py [COUNT]`, a minute."""

import random
import sys

from callroom_wire.datagrams import GREETING, give
from udp_support import Bench

MILLION = 1_000_000
SEED = 17
SECONDS = 0.01
"""Between two datagrams, so that some addresses use up their replies and others do not."""


def noise(chance: random.Random, pieces: tuple[bytes, ...]) -> bytes:
    """A datagram: random bytes, pieces of the protocol in any order, or such with a few bytes changed."""
    kind = chance.randrange(3)
    if kind == 0:
        return chance.randbytes(chance.randrange(80))
    data = bytearray(b"".join(chance.choices(pieces, k=chance.randrange(1, 6))))
    if kind == 2:
        for _ in range(chance.randrange(4)):
            data[chance.randrange(len(data))] = chance.randrange(256)
    return bytes(data)


def strangers(count: int) -> tuple[int, int]:
    """Sends as many datagrams from many forged addresses; the bytes that came in, and that went out.

    Raises:
        AssertionError: one got more than was sent in its name, or more than one reply, or a call began.
    """
    bench, chance = Bench(), random.Random(SEED)
    pieces = (
        b"hello", GREETING.encode(), bench.cookie().encode(), b"\n", b" [7] ", b"1", b"long?\n",
        give("KTDG-MVJZ-Q2XB"),
    )  # fmt: skip
    came = went = 0
    for _ in range(count):
        address = (f"198.51.100.{chance.randrange(256)}", chance.randrange(65536))
        data = noise(chance, pieces)
        replies = bench.send(data, address)
        size = sum(map(len, replies))
        assert len(replies) <= 1, data
        assert size <= len(data), data
        came += len(data)
        went += size
        bench.clock.now += SECONDS
    assert bench.door.calls == 0
    assert bench.house.asked == []
    bench.close()
    return came, went


if __name__ == "__main__":
    count = int(sys.argv[1]) if len(sys.argv) > 1 else MILLION
    came, went = strangers(count)
    print(f"{count} datagrams, {came} bytes in, {went} bytes out, none got more than was sent")
