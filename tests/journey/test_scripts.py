"""Scripts and one-liners: what is sent to the end of input is answered, and then the house closes."""

import re
import socket
import subprocess

import pytest

from callroom_wire import messages as m
from framed_support import person
from house_support import PATIENCE
from journey_support import House, program, receive


def pipe(house: House, text: str, *options: str) -> str:
    """What `printf ... | nc` shows."""
    command = [program("nc"), *options, "127.0.0.1", str(house.port())]
    run = subprocess.run(command, input=text.encode(), capture_output=True, timeout=PATIENCE, check=True)
    return run.stdout.decode()


def test_all_answers_arrive_before_it_closes(house: House) -> None:
    with person(house.port(), "小美", "大厅") as framed:
        said = pipe(house, "1\n1\n19900001234\n/join 大厅\n您好\n/who\n/history\n再见\n", "-N")
        for one in (
            "话费与流量。\r\n",
            "余额 88.60 元",
            "您已进入“大厅”。\r\n",
            "大厅：2 人\r\n",
            "-- 没有更早的了 --\r\n",
        ):
            assert one in said
        assert re.search(r"\[大厅\] 访客\d: 您好\r\n", said)
        assert re.search(r"\[大厅\] 访客\d: 再见\r\n", said)
        assert said.endswith("\r\n输入已结束，再见。\r\n")
        framed.alive()
        assert [one.text for one in framed.got if isinstance(one, m.Said)] == ["您好", "再见"]


@pytest.mark.parametrize("text", ["1", "1\n", "1\r\n", "\ufeff1\n"])
def test_one_entry_in_any_shape(house: House, text: str) -> None:
    assert "话费与流量。\r\n" in pipe(house, text, "-N")


def test_quit_ends_it_at_once(house: House) -> None:
    said = pipe(house, "/join 大厅\n好\n/quit\n不会说出\n", "-N")
    assert ": 好\r\n" in said
    assert said.endswith("\r\n再见。\r\n")
    assert "不会" not in said


def test_twenty_lines_at_once_are_all_said_in_order(house: House) -> None:
    with (
        person(house.port(), "小美", "大厅") as framed,
        socket.create_connection(("127.0.0.1", house.port()), PATIENCE) as sock,
    ):
        sock.sendall("/join 大厅\n".encode())
        receive(sock, "在场：小美".encode())
        sock.sendall("".join(f"第 {turn} 行\n" for turn in range(20)).encode())
        sock.shutdown(socket.SHUT_WR)
        said = receive(sock).decode()
        framed.alive()
    assert [line.partition(": ")[2] for line in said.split("\r\n") if line.startswith("[大厅] 访客")] == [
        f"第 {turn} 行" for turn in range(20)
    ]
