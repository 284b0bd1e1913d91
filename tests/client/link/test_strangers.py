"""Who answers is silent, speaks otherwise, breaks off or floods: each has its name, and the client stays."""

import socket
import time

import pytest

from callroom_client.client import Patience
from callroom_client.events import (
    Broken,
    Dropped,
    Ended,
    FramePassed,
    Outcome,
    Received,
    RoundTrip,
    SocketClosed,
    SocketOpened,
    Stage,
    StageChanged,
    Verb,
)
from callroom_wire import messages as m
from callroom_wire.codec import encode
from callroom_wire.frames import frame
from link_support import Peer

from .conftest import Call, Host

QUICK = Patience(tls=0.3, hello=0.3, login=0.3, ping=0.2, silent=0.2, drop=0.6, ack=0.5, seen=0.05)
"""For servers that will never answer; one that does answer gets the default."""


# --- silent at each stage -----------------------------------------------------------------------------------


def test_accepts_and_says_nothing(host: Host, call: Call) -> None:
    _, ear = call(host(Peer.until_closed).url, patience=QUICK)
    assert ear.stage(Stage.WAITING).code == "hello_timeout"
    assert ear.wait(SocketClosed).by_us
    ear.stage(Stage.WAITING, after=len(ear.events))  # and it comes back, and again is not answered


def test_silent_after_hello(host: Host, call: Call) -> None:
    def act(peer: Peer) -> None:
        peer.welcome()
        peer.until_closed()

    _, ear = call(host(act).url, patience=QUICK)
    assert ear.stage(Stage.WAITING).code == "login_timeout"


def test_silent_after_login(host: Host, call: Call) -> None:
    def act(peer: Peer) -> None:
        peer.log_in(resumed=peer.number > 0)
        peer.until_closed()

    _, ear = call(host(act).url, patience=QUICK)
    ear.stage(Stage.READY)
    ear.stage(Stage.SILENT)
    assert ear.stage(Stage.WAITING).code == "server_silent"
    assert ear.stage(Stage.READY, after=ear.events.index(ear.stage(Stage.WAITING))).attempt == 0


def test_a_silence_that_ends_is_over(host: Host, call: Call) -> None:
    def act(peer: Peer) -> None:
        peer.log_in()
        ping = peer.expect(m.Ping)
        peer.expect(m.Ping)  # by then it is silent for us
        peer.send(m.Pong(n=ping.n + 1))
        peer.until_closed()

    patience = Patience(ping=0.3, silent=0.1, drop=60)
    _, ear = call(host(act).url, patience=patience)
    silent = ear.stage(Stage.SILENT)
    ear.stage(Stage.READY, after=ear.events.index(silent))
    assert ear.wait(RoundTrip).seconds >= 0


def test_never_acknowledges(host: Host, call: Call) -> None:
    said: list[tuple[int, int, str]] = []

    def act(peer: Peer) -> None:
        peer.log_in(resumed=peer.number > 0)
        for _ in range(2):
            line = peer.expect(m.Say)
            said.append((peer.number, line.id, line.text))
        if peer.number == 1:
            peer.send(m.Ack(place="room", ids=[1, 2], seqs=[1, 2]))
        peer.until_closed()

    client, ear = call(host(act).url, patience=Patience(ack=0.3))
    client.say("room", "one")
    client.say("room", "two")
    assert ear.stage(Stage.WAITING).code == "no_ack"
    ear.heard(m.Ack)
    assert said == [(0, 1, "one"), (0, 2, "two"), (1, 1, "one"), (1, 2, "two")]


# --- who speaks otherwise -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n", "speaks_http"),
        (b"<html><body>400</body></html>", "speaks_http"),
        (b"SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n", "speaks_ssh"),
        (b":irc.example NOTICE * :*** Looking up your hostname\r\n", "speaks_irc"),
        (b"ERROR :Closing Link\r\n", "speaks_irc"),
        (b"220 mail.example ESMTP\r\n", "speaks_text"),
        ("您好\r\n".encode(), "speaks_text"),
        (b"\xff\xfb\x01\xff\xfd\x03login: ", "speaks_text"),
        (b"\x15\x03\x03\x00\x02\x02\x0a", "speaks_tls"),
        (bytes(range(1, 32)), "not_callroom"),
        (b"\x00\x00\x00\x05\x07\x07\x07\x07\x07", "not_callroom"),  # a frame of something else
        (frame(b'{"type":"hello"}'), "not_callroom"),
        (frame(b"{" * 64), "not_callroom"),
        (b"\x00\xff\xff\xff", "not_callroom"),
        (b"\x00\x00\x00\x00", "not_callroom"),
    ],
)
@pytest.mark.parametrize("piece", [1, 4096])
def test_speaks_otherwise(host: Host, call: Call, words: bytes, code: str, piece: int) -> None:
    def act(peer: Peer) -> None:
        for start in range(0, len(words), piece):
            peer.sock.sendall(words[start : start + piece])
        peer.until_closed()

    client, ear = call(host(act).url)
    broken = ear.wait(Broken)
    if piece > 1 or (code != "speaks_irc" and words[0] != 0xFF):  # the first four bytes do not tell those
        assert broken.code == code
    assert words.startswith(broken.sample)
    assert broken.sample
    assert ear.stage(Stage.WAITING).code == broken.code
    client.close()


def test_breaks_the_protocol_later(host: Host, call: Call) -> None:
    def act(peer: Peer) -> None:
        peer.log_in(resumed=peer.number > 0)
        peer.send(m.Noted(text="all is well"))
        peer.sock.sendall(frame(b'{"type":"said","seq":"five"}'))
        peer.until_closed()

    _, ear = call(host(act).url)
    broken = ear.wait(Broken)
    assert broken.code == "bad_message"
    assert "$.seq" in broken.detail
    assert any(isinstance(message, m.Noted) for message in ear.messages())


# --- who breaks off -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("when", ["accepted", "welcomed", "logged in", "in a frame"])
@pytest.mark.parametrize("how", ["reset", "closed"])
def test_breaks_off(host: Host, call: Call, when: str, how: str) -> None:
    def act(peer: Peer) -> None:
        if peer.number > 0:
            peer.log_in(resumed=when in ("logged in", "in a frame"))
            peer.until_closed()
            return
        if when == "accepted":
            peer.expect(m.Hello)  # else close itself would be a reset, for what was not read
        if when == "welcomed":
            peer.welcome()
            peer.expect(m.Login)
        if when in ("logged in", "in a frame"):
            peer.log_in()
        if when == "in a frame":
            peer.sock.sendall(encode(m.Noted(text="to be"))[:-3])
        if how == "reset":
            peer.reset()

    _, ear = call(host(act).url)
    waiting = ear.stage(Stage.WAITING)
    closed = ear.wait(SocketClosed)
    if how == "reset":
        assert waiting.code == "ECONNRESET"
        assert ear.wait(Ended, lambda e: e.errno == "ECONNRESET").outcome is Outcome.RESET
    else:
        codes = {"accepted": "hung_up", "in a frame": "cut_short"}
        assert waiting.code == codes.get(when, "closed")
        assert ear.wait(Ended, lambda e: e.outcome is Outcome.CLOSED).size == 0
    assert not closed.by_us
    assert closed.code == waiting.code
    assert waiting.retry_at is not None
    assert waiting.retry_at > waiting.at
    ear.stage(Stage.READY, after=ear.events.index(waiting))


def test_says_why_it_closes(host: Host, call: Call) -> None:
    def act(peer: Peer) -> None:
        peer.log_in(resumed=peer.number > 0)
        peer.send(m.Bye(code="server_restarts", text="Back soon."))

    _, ear = call(host(act).url)
    waiting = ear.stage(Stage.WAITING)
    assert (waiting.code, waiting.detail) == ("server_restarts", "Back soon.")


@pytest.mark.parametrize("code", ["taken_over", "quit"])
def test_some_farewells_are_final(host: Host, call: Call, code: str) -> None:
    def act(peer: Peer) -> None:
        peer.log_in(resumed=code == "taken_over" and peer.number > 0)
        if peer.number == 0:
            peer.send(m.Bye(code=code))
        else:
            peer.until_closed()

    client, ear = call(host(act).url)
    offline = ear.stage(Stage.OFFLINE)
    assert offline.code == code
    client.reconnect_now()
    ear.stage(Stage.READY, after=ear.events.index(offline))


# --- who cuts, and who floods -------------------------------------------------------------------------------


def test_single_bytes(host: Host, call: Call) -> None:
    def act(peer: Peer) -> None:
        peer.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        peer.log_in(piece=1)
        peer.expect(m.Rooms)
        peer.send(m.Said(room="r", seq=1, by="a", text="cut"), m.Said(room="r", seq=2, text="again"), piece=1)
        peer.until_closed()

    client, ear = call(host(act).url)
    client.watch_frames(True)
    ear.stage(Stage.READY)
    client.ask(m.Rooms())
    ear.heard(m.Said, lambda said: said.seq == 2)
    brought = {e.number: e.size for e in ear.all(Ended) if e.verb is Verb.RECV}
    carried: dict[int, int] = {}
    for passed in ear.all(FramePassed):
        assert sum(size for _, size in passed.pieces) == len(passed.data)
        if not passed.outgoing:
            for number, size in passed.pieces:
                carried[number] = carried.get(number, 0) + size
    assert carried == {number: brought[number] for number in carried}


def test_stuck_together(host: Host, call: Call) -> None:
    def act(peer: Peer) -> None:
        peer.log_in()
        peer.expect(m.Rooms)
        peer.send(*(m.Said(room="r", seq=seq) for seq in range(1, 4)))
        peer.until_closed()

    client, ear = call(host(act).url)
    ear.stage(Stage.READY)
    client.watch_frames(True)
    client.ask(m.Rooms())
    ear.heard(m.Said, lambda said: said.seq == 3)
    ways = [e.pieces for e in ear.all(FramePassed) if not e.outgoing]
    assert len({number for way in ways for number, _ in way}) == 1
    client.watch_frames(False)
    before = len(ear.all(FramePassed))
    client.ask(m.Who())
    sent = len(ear.events)
    ear.wait(Ended, lambda e: e.verb is Verb.SEND, after=sent - 4)
    assert len(ear.all(FramePassed)) == before


def test_a_flood_arrives_whole(host: Host, call: Call) -> None:
    lines = 20_000

    def act(peer: Peer) -> None:
        peer.log_in()
        data = b"".join(encode(m.Said(room="r", seq=seq, text="x" * 40)) for seq in range(1, lines + 1))
        peer.sock.sendall(data)
        peer.until_closed()

    _, ear = call(host(act).url)
    ear.heard(m.Said, lambda said: said.seq == lines)
    seqs = [message.seq for message in ear.messages() if isinstance(message, m.Said)]
    assert seqs == list(range(1, lines + 1))


def test_endless_noise_is_not_read_on(host: Host, call: Call) -> None:
    def act(peer: Peer) -> None:
        noise = b"\x07\xff" * 32_768
        while True:  # until the client is gone, which raises
            peer.sock.sendall(noise)

    _, ear = call(host(act).url)
    assert ear.wait(Broken).code == "not_callroom"
    ear.wait(SocketClosed)


# --- tokens, names ------------------------------------------------------------------------------------------


def test_a_void_token_means_a_new_login_and_the_rooms_again(host: Host, call: Call) -> None:
    joined: list[m.Join] = []

    def act(peer: Peer) -> None:
        if peer.number == 0:
            peer.log_in()
            peer.send(m.Joined(place="room", seen=6, head=7), m.Said(room="room", seq=7))
            peer.expect(m.Say)
            return  # without an ack
        peer.welcome()
        resume = peer.expect(m.Resume)
        assert resume.token == "token-0"
        assert resume.seen == {"room": 7}
        peer.send(m.Error(code="bad_token", ref=resume.ref))
        login = peer.expect(m.Login)
        assert login.name == "wanted"
        peer.send(m.LoggedIn(name="wanted", token="new", ref=login.ref))
        join = peer.expect(m.Join)
        joined.append(join)
        line = peer.expect(m.Say)
        peer.send(m.Ack(place="room", ids=[line.id], seqs=[8]))
        peer.until_closed()

    client, ear = call(host(act).url, name="wanted")
    ear.heard(m.Said)
    client.say("room", "perhaps")
    ear.stage(Stage.WAITING)
    client.say("room", "surely")
    dropped = ear.wait(Dropped)
    assert (dropped.text, dropped.code) == ("perhaps", "fate_unknown")
    ear.heard(m.Ack)
    assert [(join.room, join.seen) for join in joined] == [("room", 7)]
    assert not any(secret in repr(event) for secret in ("token-0", "new") for event in ear.all(Received))


def test_a_name_that_is_taken_waits_for_another(host: Host, call: Call) -> None:
    def act(peer: Peer) -> None:
        peer.welcome()
        login = peer.expect(m.Login)
        if login.name == "taken":
            peer.send(m.Error(code="name_taken", text="Somebody has it.", ref=login.ref))
        else:
            peer.send(m.LoggedIn(name=login.name, token="t", ref=login.ref))
        peer.until_closed()

    client, ear = call(host(act).url, name="taken")
    offline = ear.stage(Stage.OFFLINE)
    assert (offline.code, offline.detail) == ("name_taken", "Somebody has it.")
    client.log_in_as("free")
    ear.heard(m.LoggedIn, lambda message: message.name == "free")


def test_waits_grow(host: Host, call: Call) -> None:
    stranger = host(lambda peer: peer.expect(m.Hello))
    _, ear = call(stranger.url)
    waits: list[StageChanged] = []
    for _ in range(3):
        waits.append(ear.stage(Stage.WAITING, after=ear.events.index(waits[-1]) + 1 if waits else 0))
    seconds = [wait.retry_at - wait.at for wait in waits if wait.retry_at]
    assert 0.2 < seconds[0] <= 0.5 < seconds[2] <= 2
    assert [wait.attempt for wait in waits] == [1, 2, 3]
    assert len(ear.all(SocketOpened)) >= 3
    assert time.monotonic() >= waits[1].at + seconds[1]
