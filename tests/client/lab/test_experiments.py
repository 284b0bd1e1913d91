"""Every experiment with real sockets: what it must show, and that nothing of it is left."""

import gc
import threading
from pathlib import Path

import pytest

import callroom_client.lab.experiments
from callroom_client.lab.parameters import Choice, Number, ParameterError, Text
from callroom_client.lab.run import ENDED, TOO_SLOW, Run
from callroom_client.lab.steps import Finished, Side, Step, Told
from callroom_client.lab.table import EXPERIMENTS
from callroom_lessons import ORDER
from house_support import PATIENCE, wait_until


class Recorded:
    """What an experiment told."""

    def __init__(self, name: str, **given: str) -> None:
        told: list[Told] = []
        run = Run(name, given, told.append)
        run.start()
        assert run.join(PATIENCE)
        *steps, self.finished = told
        assert isinstance(self.finished, Finished)
        assert self.finished.problem is None, self.finished
        assert self.finished.found
        self.steps = [step for step in steps if isinstance(step, Step)]
        assert len(self.steps) == len(steps)
        assert [step.number for step in self.steps] == list(range(1, len(steps) + 1))
        assert all(words.zh != words.en for words in self.finished.found)

    def of(self, call: str, who: str = "") -> list[Step]:
        """The calls of one kind."""
        return [step for step in self.steps if step.call == call and who in ("", step.who)]

    def data(self, call: str, who: str = "") -> list[bytes]:
        """The bytes of each, without those that had none."""
        return [step.data for step in self.of(call, who) if step.data]

    def states(self, side: Side) -> list[str]:
        """The states that the kernel told of one side's connection, in order, each once."""
        found = [step.seen.state for step in self.steps if step.side is side and step.who != "listener"]
        return list(dict.fromkeys(filter(None, found)))


def test_the_table_and_the_folder_and_the_pages_agree() -> None:
    folder = Path(callroom_client.lab.experiments.__file__).parent
    files = {path.stem for path in folder.glob("*.py")} - {"__init__", "parties"}
    modules = {experiment.run.__module__.rpartition(".")[2] for experiment in EXPERIMENTS.values()}
    assert modules == files
    assert EXPERIMENTS.keys() <= set(ORDER)


def test_without_frames_a_buffer_cuts_where_it_likes() -> None:
    whole = Recorded("sticky", buffer="1024")
    assert whole.data("send", "client") == [b"hello", b"world", b"egon"]
    assert whole.data("recv") == [b"helloworldegon"]
    small = Recorded("sticky", buffer="4", nagle="off")
    assert small.data("recv") == [b"hell", b"owor", b"ldeg", b"on"]
    assert [step.arguments for step in small.of("setsockopt")] == ["TCP_NODELAY, 1"]
    assert "2 recvs held parts of more than one message, 3 messages" in str(small.finished)
    lucky = Recorded("sticky", buffer="5", words="hello world")
    assert "luck" in str(lucky.finished)


@pytest.mark.parametrize("reader", ["late", "once"])
@pytest.mark.parametrize("buffer", ["1", "3", "1024"])
def test_with_frames_the_messages_are_whole_whatever_the_buffer(reader: str, buffer: str) -> None:
    told = Recorded("sticky", frames="on", buffer=buffer, reader=reader, gap="2", words="hello 大厅 x")
    heads = [b"\x05\0\0\0hello", b"\x06\0\0\0" + "大厅".encode(), b"\x01\0\0\0x"]
    assert told.data("send", "client") == heads
    assert b"".join(told.data("recv")) == b"".join(heads)
    assert "exactly 3 messages" in str(told.finished)


def test_a_datagram_is_whole_or_loses_its_end_and_a_stream_loses_nothing() -> None:
    told = Recorded("datagrams", buffer="4")
    assert [step.data for step in told.of("recvfrom")] == [b"hell", b"worl", b"egon", b""]
    assert told.data("recv", "conn") == [b"hell", b"owor", b"ldeg", b"on"]
    assert told.of("recv", "udp client")[0].error == "ECONNREFUSED"


def test_a_character_may_be_torn_and_is_put_together() -> None:
    told = Recorded("upper", text="hé大厅", buffer="2")
    assert b"".join(told.data("recv", "client")).decode() == "HÉ大厅"
    assert b"".join(told.data("recv", "conn")).decode() == "hé大厅"
    assert "pieces" in str(told.finished)


@pytest.mark.parametrize(("digest", "size"), [("md5", 16), ("sha256", 32)])
def test_the_right_key_is_let_in(digest: str, size: int) -> None:
    told = Recorded("legitimacy", digest=digest)
    nonce, answer = told.data("send")[:2]
    assert (len(nonce), len(answer)) == (32, size)
    assert told.data("recv", "client")[-1] == b"LET ME IN"


@pytest.mark.parametrize("client", ["wrong", "none"])
def test_a_wrong_key_and_none_are_closed(client: str) -> None:
    told = Recorded("legitimacy", client=client, patience="60")
    assert told.of("recv", "client")[-1].data == b""
    assert told.of("recv", "conn")[-1].error == ("timed out" if client == "none" else "")
    closed, heard = told.of("close", "conn")[0], told.of("recv", "client")[-1]
    assert closed.number < heard.number
    assert b"let me in" not in told.data("send")


def test_what_does_not_wait_says_eagain() -> None:
    told = Recorded("waiting", timeout="30", delay="30")
    assert [step.error for step in told.of("accept")] == ["EAGAIN", "timed out", ""]
    assert [step.error for step in told.of("recv")] == ["EAGAIN", "timed out", ""]
    waited = told.of("recv")[-1]
    assert waited.data == b"sorry, I am late"
    assert waited.seconds >= 0.03
    assert told.of("connect_ex")[0].result in ("115 EINPROGRESS", "0")


def test_a_full_backlog_answers_nobody() -> None:
    told = Recorded("backlog", backlog="1", callers="4", timeout="60")
    results = [step.result for step in told.of("connect_ex")]
    assert results == ["0", "0", "11 EAGAIN", "11 EAGAIN", "0"]  # Linux keeps one more; one is accepted
    assert told.of("connect_ex", "client 3")[0].seen.state == "SYN_SENT"
    room = Recorded("backlog", backlog="4", callers="2")
    assert [step.result for step in room.of("connect_ex")] == ["0", "0"]


def test_the_kernel_tells_its_states_to_the_end() -> None:
    told = Recorded("handshake")
    client = told.states(Side.CLIENT)
    assert [state for state in client if state != "FIN_WAIT1"] == [
        "CLOSE", "ESTABLISHED", "FIN_WAIT2", "TIME_WAIT",
    ]  # fmt: skip
    assert [state for state in told.states(Side.SERVER) if state != "LAST_ACK"] == [
        "ESTABLISHED", "CLOSE_WAIT", "CLOSE",
    ]  # fmt: skip
    assert told.of("TCP_INFO", "listener")[0].result == "LISTEN"
    assert told.of("/proc/net/tcp")[-1].result == "TIME_WAIT"  # after close: no process has it any more
    other = Recorded("handshake", first="server")
    assert "FIN_WAIT2" in other.states(Side.SERVER)
    assert "CLOSE_WAIT" in other.states(Side.CLIENT)


def test_a_reset_leaves_nothing() -> None:
    told = Recorded("handshake", how="reset")
    assert told.of("/proc/net/tcp")[-1].result == "–"
    assert told.of("recv")[-1].error == "ECONNRESET"
    assert "TIME_WAIT" not in told.states(Side.CLIENT)


@pytest.mark.parametrize("family", ["inet", "inet6", "unix"])
def test_every_family_speaks(family: str) -> None:
    told = Recorded("families", family=family, text="你好 a")
    assert told.data("recv", "client") == ["你好 A".encode()]
    assert told.of("socket")[0].arguments.startswith(f"AF_{family.upper()},")


def test_every_experiment_stays_bounded_at_its_limits() -> None:
    for name, experiment in EXPERIMENTS.items():
        given: dict[str, str] = {}
        for one in experiment.parameters:
            match one:
                case Number():
                    given[one.name] = str(one.low)
                case Text():
                    given[one.name] = ("x " * one.most)[: one.most]
                case Choice():
                    given[one.name] = one.choices[-1][0]
        assert Recorded(name, **given).steps


def test_what_does_not_fit_is_refused_in_words() -> None:
    def refused(name: str, **given: str) -> str:
        with pytest.raises(ParameterError) as fault:
            Run(name, given, print)
        assert fault.value.words.zh != fault.value.words.en
        return fault.value.words.en

    assert refused("sticky", buffer="0") == "recv buffer: 0 is not from 1 to 1024"
    assert refused("sticky", buffer="５") == "recv buffer: ５ is no whole number; from 1 to 1024"
    assert refused("sticky", gap="-1") == "pause (ms): -1 is no whole number; from 0 to 500"
    assert refused("sticky", nagle="maybe") == "Nagle: there is no maybe; there are off, on"
    assert refused("sticky", words="  ") == "messages: write at least one word"
    assert refused("sticky", words="字" * 67) == "messages: 201 bytes, 200 at most (UTF-8)"
    assert refused("sticky", colour="red") == "there is no parameter colour"


def test_it_can_be_ended_wherever_it_waits() -> None:
    before = set(threading.enumerate())
    for name, given, call in (
        ("waiting", {"timeout": "2000"}, "settimeout"),  # then accept waits
        ("waiting", {"timeout": "10", "delay": "2000"}, "settimeout"),
        ("backlog", {"backlog": "0", "callers": "9", "timeout": "1000"}, "connect_ex"),
        ("legitimacy", {"client": "none", "patience": "5000"}, "send"),
        ("sticky", {"reader": "once", "gap": "500", "words": "a b c d e f g h"}, "send"),
    ):
        told: list[Told] = []
        run = Run(name, given, told.append)
        run.start()
        wait_until(
            lambda call=call, told=told: any(isinstance(t, Step) and t.call == call for t in list(told))
        )
        run.cancel()
        assert run.join(PATIENCE)
        assert isinstance(told[-1], Finished)
        assert told[-1].problem == ENDED
    gc.collect()  # a socket that was not closed would be a ResourceWarning, which fails the test
    wait_until(lambda: set(threading.enumerate()) <= before)


def test_it_ends_by_itself_when_its_time_is_up() -> None:
    told: list[Told] = []
    run = Run("sticky", {"gap": "500", "words": "a b c d e f g h"}, told.append, most_seconds=0.1)
    run.start()
    assert run.join(PATIENCE)
    assert isinstance(told[-1], Finished)
    assert told[-1].problem == TOO_SLOW.fill(seconds="0.1")
