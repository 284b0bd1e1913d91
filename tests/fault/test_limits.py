"""Limits that are set low in the settings of a real house and reached: the answer is the documented one."""

import re
import select
import socket
from pathlib import Path

import pytest

from callroom_wire import messages as m
from callroom_wire.codec import encode
from framed_support import Framed, person
from house_faults import BEHIND_DAYS
from house_support import PATIENCE, LiveHouse, Nursery, OpenHouse, Special, wait_until
from journey_support import receive, talk
from lab_support import answer, ask, open_lab, rest, take


@pytest.fixture
def small(open_house: OpenHouse) -> LiveHouse:
    """A house in which everything is short."""
    return open_house(
        {
            "frame_bytes_before_login": 1024,
            "frame_bytes": 16_384,
            "text_characters": 10,
            "topic_characters": 5,
            "history_limit": 3,
            "search_limit": 2,
            "http_head_bytes": 1024,
            "http_body_bytes": 100,
        }
    )


def refused(client: Framed, *messages: m.ClientMessage) -> list[str]:
    """Asks for these, of which each is refused; the codes, each with the limit in its text."""
    client.send(*messages)
    errors = [client.expect(m.Error) for _ in messages]
    return [f"{error.code} {' '.join(re.findall('[0-9]+', error.text))}" for error in errors]


def test_lines_topics_pages_and_searches_have_their_lengths(small: LiveHouse) -> None:
    with person(small.port, "ann", "lobby") as ann:
        ann.say(1, "lobby", "0123456789")  # text_characters
        ann.send(m.Topic(room="lobby", text="01234"))  # topic_characters
        ann.expect(m.TopicSet)
        ann.send(m.History(place="lobby", limit=3), m.Search(query="012", limit=2))  # history, search_limit
        assert len(ann.expect(m.Page).entries) == 2
        ann.expect(m.Found)
        assert refused(
            ann,
            m.Say(id=2, room="lobby", text="0123456789a"),
            m.Topic(room="lobby", text="012345"),
            m.History(place="lobby", limit=4),
            m.Search(query="012", limit=3),
        ) == ["text_too_long 11 10", "topic_too_long 6 5", "bad_number 4 1 3", "bad_number 3 1 2"]
        ann.alive()  # a refusal is no fault


def test_a_stranger_is_told_at_login_what_the_limits_are(small: LiveHouse) -> None:
    with Framed(small.port) as ann:
        limits = ann.hello().limits
        assert limits["text_characters"] == 10
        assert limits["history_entries"] == 3


def test_a_strangers_frame_is_shorter_than_a_members(small: LiveHouse) -> None:
    padding = " " * 1024  # frame_bytes_before_login
    longer = encode(m.Ping(n=1))
    longer = (len(longer) - 4 + len(padding)).to_bytes(4, "big") + longer[4:] + padding.encode()
    with Framed(small.port) as stranger:
        stranger.hello()
        stranger.send_raw(longer)
        told = stranger.until_closed()
        assert [message.code for message in told if isinstance(message, m.Bye)] == ["frame_too_long"]
        assert any("1024" in message.text for message in told if isinstance(message, m.Error))
    with person(small.port, "ann") as ann:
        ann.send_raw(longer)
        ann.expect(m.Pong)
        ann.send_raw((16_385).to_bytes(4, "big"))  # frame_bytes
        assert "16384" in ann.expect(m.Error, lambda error: error.code == "frame_too_long").text


def test_a_request_of_http_has_its_head_and_its_body(small: LiveHouse) -> None:
    def status(head: str, body: bytes = b"") -> bytes:
        request = f"{head}\r\nHost: here\r\nConnection: close\r\n".encode()
        return talk(small.port, request + body)[9:12]

    fits = 1024 - len(
        "GET /healthz HTTP/1.1\r\nHost: here\r\nConnection: close\r\nX: \r\n\r\n"
    )  # http_head_bytes
    assert status("GET /healthz HTTP/1.1", b"X: %b\r\n\r\n" % (b"y" * fits)) == b"200"
    assert status("GET /healthz HTTP/1.1", b"X: %b\r\n\r\n" % (b"y" * 1024)) == b"431"
    assert (
        status("POST /healthz HTTP/1.1", b"Content-Length: 100\r\n\r\n" + b"x" * 100) == b"405"
    )  # http_body_bytes
    assert status("POST /healthz HTTP/1.1", b"Content-Length: 101\r\n\r\n" + b"x" * 101) == b"413"


def test_a_silent_caller_is_greeted_when_text_greeting_seconds_are_over(open_house: OpenHouse) -> None:
    house = open_house({"text_greeting_seconds": 10, "first_byte_seconds": 60})
    with socket.create_connection(("127.0.0.1", house.port), PATIENCE) as silent:
        assert b"1xxx" in talk(house.port, b"1\r\n", "请重新输入".encode()).replace(
            "请输入".encode(), b"1xxx"
        )
        assert not select.select([silent], [], [], 0)[0]  # others were served meanwhile
    house = open_house({"text_greeting_seconds": 0})
    with socket.create_connection(("127.0.0.1", house.port), PATIENCE) as silent:
        receive(silent, b"10086")


def test_what_is_older_than_retention_days_is_gone_and_the_gap_is_told(
    open_house: OpenHouse, nursery: Nursery
) -> None:
    house = open_house({"retention_days": BEHIND_DAYS - 1}, starter=Special(nursery, "long_ago"))
    with person(house.port, "ann", "lobby") as ann:
        ann.say(1, "lobby", "long ago")
    house.stop()  # which takes a snapshot: only what one covers is removed
    house.starter = nursery
    house.start()
    with person(house.port, "bob", "lobby") as bob:
        bob.say(1, "lobby", "today")

        def page() -> list[str]:
            bob.send(m.History(place="lobby"))
            return [entry.text for entry in bob.expect(m.Page).entries]

        while (texts := page()) != ["today"]:
            assert texts == ["long ago", "today"]
    with Framed(house.port) as carol:
        carol.login("carol")
        joined = carol.join("lobby", seen=0)
        assert joined.head == 2
        carol.hear(2)
        assert carol.lines() == [(2, "today")]  # by its number one sees that something is missing


def test_what_waits_to_be_stored_is_at_most_ledger_queue_rows(open_house: OpenHouse) -> None:
    house = open_house({"ledger_queue_rows": 4, "flood_burst": 100})
    with person(house.port, "ann", "lobby") as ann:
        house.freeze()
        ann.send(*(m.Say(id=number, room="lobby", text="x") for number in range(1, 21)))
        house.thaw()
        full = ann.expect(m.Error, lambda error: error.code == "ledger_full")
        assert {told.code for told in ann.got if isinstance(told, m.Error)} == {"ledger_full", "ledger_down"}
        for number in range(full.id, 21):  # none may overtake the first that was refused
            say_until_stored(ann, number)
        assert [seq for seq, _ in ann.lines()] == list(range(1, len(ann.lines()) + 1))


def say_until_stored(client: Framed, number: int) -> None:
    """Says a line, again and again while the queue is full."""

    def answers(told: m.Ack | m.Error) -> bool:
        return number in told.ids if isinstance(told, m.Ack) else told.id == number

    while True:
        client.send(m.Say(id=number, room="lobby", text="there is room again"))
        told = client.expect((m.Ack, m.Error), answers)
        if isinstance(told, m.Ack):
            return
        assert told.code == "ledger_full"


def test_a_transaction_has_at_most_commit_rows(open_house: OpenHouse) -> None:
    commits: dict[int, int] = {}
    for rows in (1, 100):
        house = open_house({"commit_rows": rows, "flood_burst": 100})
        with person(house.port, "ann", "lobby") as ann:
            before = commits_of(house)
            house.freeze()
            ann.send(*(m.Say(id=number, room="lobby", text="x") for number in range(1, 21)))
            house.thaw()
            ann.expect(m.Ack, lambda ack: 20 in ack.ids)
            commits[rows] = commits_of(house) - before
    assert commits[1] >= 20
    assert commits[100] < 20


def commits_of(house: LiveHouse) -> int:
    """How many transactions there were."""
    ask = b"GET /metrics HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nConnection: close\r\n\r\n" % house.port
    page = talk(house.port, ask).decode()
    found = re.search(r"^callroom_commit_seconds_count ([0-9]+)", page, re.MULTILINE)
    assert found, page
    return int(found[1])


def test_runs_have_limits_for_a_session_and_for_the_house(open_house: OpenHouse, tmp_path: Path) -> None:
    lab = open_lab(open_house, tmp_path, limits={"runbooks_per_session": 1, "runbooks_at_once": 2})
    port = lab.address("tcp")[1]
    with person(port) as ann, person(port) as bob, lab.connect("command") as sock:
        for client in (ann, bob):
            client.send(m.Run(name="sleep", ref=1), m.Run(name="nothing", ref=2))
            told = client.expect(m.Error, lambda error: error.ref == 2)
            assert told.code == "runbooks_busy"
            assert told.text.startswith("1 runs")  # runbooks_per_session
        assert ask(sock, b"nothing").startswith("2 runs")  # runbooks_at_once
        ann.reset()  # whose program ends with it
        wait_until(lambda: ask(sock, b"nothing") == "执行成功")


def test_the_lessons_have_limits_of_their_own(open_house: OpenHouse, tmp_path: Path) -> None:
    limits: dict[str, float] = {
        "lab_receive_bytes": 3,
        "lab_sticky_bytes": 1024,
        "lab_message_bytes": 1024,
        "lab_datagram_bytes": 512,
        "lab_entry_seconds": 10,
    }
    lab = open_lab(open_house, tmp_path, limits=limits)
    with lab.connect("sticky") as sock:
        sock.sendall(b"helloworld")
        assert take(sock, 14) == b"hel\nlow\norl\nd\n"  # lab_receive_bytes
        sock.sendall(b"x" * 2000)
        told = rest(sock)
        assert told.endswith(b"[enough]\n")  # lab_sticky_bytes
        assert 1024 - 10 - 3 <= told.count(b"x") <= 1024
    with lab.connect("sticky+framed") as sock:
        sock.sendall((1024).to_bytes(4, "little") + b"y" * 1024)
        assert take(sock, 1025) == b"y" * 1024 + b"\n"
        sock.sendall((1025).to_bytes(4, "little"))
        assert rest(sock) == b"[a length of 1025: 0 to 1024 is possible]\n"  # lab_message_bytes
    with lab.datagrams("command+udp") as sock:
        sock.send(b"much 1000")
        cut = sock.recv(65536)
        assert len(cut) <= 512  # lab_datagram_bytes
        assert cut.endswith(b"\n[cut at 512 bytes: a datagram holds no more]\n")
    with lab.connect("command") as sock, lab.connect("command") as other:
        sock.sendall(b"echo one")
        other.sendall(b"echo other\n")
        assert answer(other) == "other\n"
        assert not select.select([sock], [], [], 0)[0]  # lab_entry_seconds: it may go on yet
        sock.sendall(b"-entry\n")
        assert answer(sock) == "one-entry\n"
