"""Every three-byte sequence after IAC: `python tests/fuzz/telnet_exhaustive.py [PROCESSES]`, a minute."""

import sys
from concurrent.futures import ProcessPoolExecutor

from callroom_server.codecs.telnet import IAC, SE, Data, Reply, Telnet

_REPLY_SIZES = (3, 6)  # a verb and its option, or the question for the terminal type
_AFTER = bytes([0, IAC, SE]) + b"\r\nhello\r\n"


def survives(sequence: bytes) -> bool:
    """Whether our answers are well formed, and the user still there after the end of any subnegotiation."""
    text = b""
    for event in Telnet().feed(b"\xff" + sequence + _AFTER):
        if isinstance(event, Reply):
            if event.data[0] != IAC or len(event.data) not in _REPLY_SIZES:
                return False
        elif isinstance(event, Data):
            text = event.data
    return text.endswith(b"\r\nhello\r\n")


def failures(first: int) -> list[bytes]:
    """The sequences beginning with `first` that do not survive."""
    return [
        sequence
        for second in range(256)
        for third in range(256)
        if not survives(sequence := bytes((first, second, third)))
    ]


def main() -> int:
    """Runs them all; 0 if every one survived."""
    processes = int(sys.argv[1]) if len(sys.argv) > 1 else 2
    failed: list[bytes] = []
    with ProcessPoolExecutor(processes) as pool:
        for first, found in enumerate(pool.map(failures, range(256))):
            failed += found
            print(f"\r{(first + 1) * 65536:>10,} of 16,777,216, {len(failed)} failed", end="", flush=True)
    print()
    for sequence in failed[:20]:
        print("IAC", sequence.hex(" "))
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
