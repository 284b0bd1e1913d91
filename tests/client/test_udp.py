"""`callroom udp`: a caller on real sockets, and a house that loses, delays and doubles what it is told to."""

import io
import socket
import sys
import threading
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager

import pytest

from callroom_client.udp import Teller, converse, udp
from callroom_client.udp_exchange import Exchange, Heard, Outcome
from callroom_wire.datagrams import Asked, answer, give, read_request
from net_support import PATIENCE

COOKIE = "KTDG-MVJZ-Q2XB"
SOON = 0.05
"""Seconds that a test's caller waits for what never comes."""

Replies = Callable[[int, int], Sequence[bytes]]


class Unsteady:
    """A house that answers each number as `replies(number, nth time)` says, on a thread of its own."""

    def __init__(self, replies: Replies) -> None:
        self._replies = replies
        self._sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._sock.bind(("127.0.0.1", 0))
        self.port = self._sock.getsockname()[1]
        self.entries: list[str] = []
        self.greetings = 0
        self._thread = threading.Thread(target=self._serve)

    def _serve(self) -> None:
        times: dict[int, int] = {}
        while True:
            data, caller = self._sock.recvfrom(2000)
            if data == b"end":
                return
            asked = read_request(data)
            if not isinstance(asked, Asked):
                self.greetings += 1
                self._sock.sendto(give(COOKIE), caller)
                continue
            assert asked.number is not None
            assert asked.entry is not None
            self.entries.append(asked.entry)
            times[asked.number] = times.get(asked.number, 0) + 1
            for reply in self._replies(asked.number, times[asked.number]):
                self._sock.sendto(reply, caller)

    def __enter__(self) -> "Unsteady":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as last:
            last.sendto(b"end", ("127.0.0.1", self.port))
        self._thread.join(PATIENCE)
        self._sock.close()


class Seen:
    """What was shown, in short."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def sent(self, number: int, size: int, nth: int, seconds: float) -> None:
        self.lines.append(f"sent {number} {nth}")

    def heard(self, heard: Heard) -> None:
        self.lines.append(f"{heard.outcome.value} {heard.number}")

    def lost(self, number: int, tries: int) -> None:
        self.lines.append(f"lost {number} {tries}")


@contextmanager
def calling(
    replies: Replies, seconds: float = PATIENCE, tries: int = 3
) -> Generator[tuple[Exchange, Seen, Unsteady]]:
    seen = Seen()
    with Unsteady(replies) as house, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.connect(("127.0.0.1", house.port))
        exchange = Exchange(sock, seen, seconds, tries, time.monotonic)
        assert exchange.greet() is not None
        yield exchange, seen, house


def ok(number: int) -> bytes:
    return answer(number, "fine", 1200)


def test_each_is_answered() -> None:
    with calling(lambda number, _nth: [ok(number)]) as (exchange, seen, house):
        assert exchange.ask("1")
        assert exchange.ask("余额")
    assert seen.lines == ["sent 1 1", "answer 1", "sent 2 1", "answer 2"]
    assert house.entries == ["1", "余额"]
    assert (exchange.sent, exchange.answered, exchange.lost) == (2, 2, 0)
    assert len(exchange.round_trips) == 2


def test_what_is_lost_is_sent_again_and_at_last_with_a_new_cookie() -> None:
    with calling(lambda number, nth: [ok(number)] * (nth == 3), seconds=SOON) as (exchange, seen, house):
        assert exchange.ask("1")
    assert seen.lines == ["sent 1 1", "sent 1 2", "sent 1 3", "answer 1"]
    assert (exchange.sent, exchange.again) == (3, 2)
    assert house.greetings == 2


def test_what_is_never_answered_is_lost() -> None:
    with calling(lambda _number, _nth: [], seconds=SOON, tries=2) as (exchange, seen, _):
        assert not exchange.ask("1")
    assert seen.lines == ["sent 1 1", "sent 1 2", "lost 1 2"]
    assert exchange.lost == 1


def test_doubled_late_and_stray_ones_are_told_apart() -> None:
    def replies(number: int, _nth: int) -> list[bytes]:
        match number:
            case 1:
                return [ok(1), ok(1)]
            case 2:
                return [b"[9] whose?\n", ok(2)]
            case 3:
                return []
            case _:
                return [ok(3), ok(4)]

    with calling(replies, tries=1) as (exchange, seen, _):
        exchange.ask("1")
        exchange.ask("2")
        assert seen.lines == ["sent 1 1", "answer 1", "sent 2 1", "doubled 1", "stray None", "answer 2"]
        exchange.burst(2)
    assert seen.lines[6:] == ["sent 3 1", "sent 4 1", "answer 3", "answer 4"]
    assert exchange.doubled == 1


def test_out_of_order_is_late() -> None:
    with calling(lambda number, _nth: [ok(2), ok(1)] if number == 2 else []) as (exchange, seen, _):
        exchange.burst(2)
    assert seen.lines == ["sent 1 1", "sent 2 1", "answer 2", "late 1"]
    assert (exchange.answered, exchange.late, exchange.lost) == (2, 1, 0)


def test_an_answer_after_it_was_given_up_is_late_and_not_lost() -> None:
    def replies(number: int, _nth: int) -> list[bytes]:
        return [] if number == 1 else [ok(1), ok(2)]

    with calling(replies, tries=1, seconds=SOON) as (exchange, seen, _):
        exchange.ask("1")
        assert exchange.lost == 1
        exchange.ask("2")
    assert seen.lines[-3:] == ["sent 2 1", "late 1", "answer 2"]
    assert exchange.lost == 0


def test_nobody_there_is_told_by_icmp() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as gone:
        gone.bind(("127.0.0.1", 0))
        where = gone.getsockname()
    seen = Seen()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.connect(where)
        assert Exchange(sock, seen, SOON, 2, time.monotonic).greet() is None
    assert f"{Outcome.REFUSED.value} None" in seen.lines


def test_the_command_shows_it_all(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("1\n/burst 3\n/burst 0\n/burst x\n"))
    with Unsteady(lambda number, _nth: [answer(number, "fine \x1b[2J", 1200)]) as house:
        assert udp([f"udp://127.0.0.1:{house.port}", "--lang", "en", "--timeout", "20"]) == 0
    shown = capsys.readouterr().out
    assert "a cookie in" in shown
    assert "<- [2] 14 bytes" in shown
    assert "\x1b" not in shown
    assert "/burst N: N is from 1 to 100" in shown
    assert "5 sent (0 again), 5 answered, 0 lost" in shown


def test_the_command_without_a_house(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as gone:
        gone.bind(("127.0.0.1", 0))
        port = gone.getsockname()[1]
    assert udp([f"udp://127.0.0.1:{port}", "--timeout", "0.05", "--tries", "2", "--lang", "zh"]) == 1
    told = capsys.readouterr()
    assert "ECONNREFUSED" in told.out
    assert "没有取得 cookie" in told.err


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (["tcp://127.0.0.1:1"], "udp://"),
        (["udp://127.0.0.1"], "port"),
        (["--timeout", "nan"], "--timeout must be"),
        (["--timeout", "soon"], "--timeout must be"),
        (["--tries", "0"], "--tries must be"),
        (["--tries", "٣"], "--tries must be"),
        (["a", "b"], "one argument too many"),
    ],
)
def test_wrong_usage_is_told(argv: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert udp([*argv, "--lang", "en"]) == 2
    assert said in capsys.readouterr().err


def test_a_burst_is_bounded() -> None:
    with calling(lambda number, _nth: [ok(number)]) as (exchange, _, _):
        said: list[str] = []
        converse(exchange, Teller("en", said.append), "/burst 101")
        assert said == ["/burst N: N is from 1 to 100"]
        assert exchange.sent == 0
