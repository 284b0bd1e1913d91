"""`callroom lab compare`: three servers, the same echo, one table."""

import msgspec
import pytest

from callroom_bench.compare import KINDS, Figures, compare


class Told(msgspec.Struct):
    clients: int
    messages: int
    servers: list[Figures]


def test_three_servers_are_measured_in_one_run(capfd: pytest.CaptureFixture[str]) -> None:
    code = compare(["--clients", "3", "--messages", "5", "--json"])
    out, err = capfd.readouterr()
    assert code == 0, err
    told = msgspec.json.decode(out, type=Told)
    assert (told.clients, told.messages) == (3, 5)
    assert [one.server for one in told.servers] == list(KINDS)
    for one in told.servers:
        assert one.cpu_us_per_message > 0
        assert one.messages_per_second > 0
        assert one.memory_bytes > 0
    assert told.servers[0].ratio == 1.0


def test_the_table_is_for_people(capfd: pytest.CaptureFixture[str]) -> None:
    assert compare(["--clients", "2", "--messages", "2", "--lang", "zh"]) == 0
    out = capfd.readouterr().out
    assert "事件循环（一个线程）" in out
    assert "1.00 x" in out
