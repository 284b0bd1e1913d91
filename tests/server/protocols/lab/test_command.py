"""Remote commands: lengths and output in GBK, over TCP and UDP, for well-behaved and other clients."""

import errno
import socket
import struct
from pathlib import Path

from house_support import OpenHouse, wait_until
from lab_support import LabHouse, answer, ask, open_lab, rest, take
from net_support import reset


def test_the_tutorials_client_is_served(lab: LabHouse) -> None:
    with lab.connect("command") as sock:
        assert ask(sock, "echo 你好".encode()) == "你好\n"
        assert ask(sock, b"nothing") == "执行成功"
        assert ask(sock, b"echo 'a  b'; rm -rf x\r\n").startswith("That is not how it is run.\n")
        assert ask(sock, b"echo 'a  b; $(id)'\n") == "a  b; $(id)\n"
        failed = ask(sock, b"fails")
        assert "/none" in failed
        assert failed.endswith("[exit code 2]\n")


def test_what_may_not_be_is_told_with_what_may(lab: LabHouse) -> None:
    with lab.connect("command") as sock:
        refusal = ask(sock, b"rm -rf /")
        assert refusal == ("There is no runbook rm.\nThere are: echo, fails, much, nothing, secret, sleep.\n")
        assert "operator, admin" in ask(sock, b"secret")
        assert "argument never begins with -" in ask(sock, b"echo -n")
        assert "1 - 1e+06" in ask(sock, b"much 0")
        assert ask(sock, b"echo 'a") == "A quotation mark is not closed.\n"


def test_refusals_do_not_fill_the_log(lab: LabHouse) -> None:
    with lab.connect("command") as sock:
        for _ in range(10):
            assert ask(sock, b"rm -rf /").startswith("There is no runbook rm.\n")
        assert "operator, admin" in ask(sock, b"secret")
    told = lab.house.logged("run.refused", count=2)
    assert len(told) == 2  # one of each kind
    assert [line.code for line in told] == ["no_such_runbook", "runbook_needs_account"]


def test_gbk_in_gbk_out_and_neither(lab: LabHouse) -> None:
    with lab.connect("command") as sock:
        assert ask(sock, "echo 中文".encode("gbk")) == "中文\n"
        assert ask(sock, b"echo \xff\xff").startswith("That is no text: ")
        assert ask(sock, "echo 😀".encode()) == "[U+1F600]\n"


def test_single_bytes_several_requests_and_the_end(lab: LabHouse) -> None:
    with lab.connect("command") as sock:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in b"echo one":
            sock.sendall(bytes([byte]))
        assert answer(sock) == "one\n"
        sock.sendall(b"\n\n" + b"".join(b"echo %d\n" % number for number in range(40)) + b"echo last")
        sock.shutdown(socket.SHUT_WR)
        assert [answer(sock) for _ in range(41)] == [*(f"{number}\n" for number in range(40)), "last\n"]
        assert rest(sock) == b""


def test_a_long_answer_to_a_slow_reader(lab: LabHouse) -> None:
    with lab.connect("command") as sock:
        sock.sendall(b"much 300000\n")
        (length,) = struct.unpack("i", take(sock, 4))
        text = take(sock, length)
        assert text == b"".join(b"%d\n" % number for number in range(1, 300_001))
        assert ask(sock, b"much 1000000").endswith("\n[killed after 4000000 bytes, its output limit]\n")


def test_a_request_of_64_mb_is_refused(lab: LabHouse) -> None:
    with lab.connect("command") as sock:
        try:
            sock.sendall(b"e" * (64 << 20))
        except (ConnectionResetError, BrokenPipeError):
            return
        assert answer(sock) == "A request has at most 1024 bytes.\n"


def test_what_follows_a_request_that_is_too_long_is_not_run(lab: LabHouse) -> None:
    with lab.connect("command") as sock:
        sock.sendall(b"e" * 2000 + b"\necho after\n")
        assert answer(sock) == "A request has at most 1024 bytes.\n"
        assert rest(sock) == b""
    with lab.connect("command") as sock:
        assert ask(sock, b"echo next") == "next\n"
    assert len(lab.house.logged("run.ended")) == 1


def test_who_never_reads_is_reset_and_the_next_is_served(slow_lab: LabHouse) -> None:
    with slow_lab.connect("command") as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        sock.sendall(b"much 1000000\n" * 8)  # 4 MB each: more than the kernel takes for us
        wait_until(lambda: slow_lab.house.logged("run.ended"))
        wait_until(lambda: is_reset(sock))
    with slow_lab.connect("command") as sock:
        assert ask(sock, b"echo next") == "next\n"
    assert len(slow_lab.house.logged("run.ended")) < 9  # the rest was not run for who takes nothing
    assert slow_lab.house.resident() < 200 << 20


def is_reset(sock: socket.socket) -> bool:
    """Whether the peer has reset the connection, without reading from it."""
    return sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) == errno.ECONNRESET


def test_who_waits_for_a_program_is_not_idle(slow_lab: LabHouse) -> None:
    with slow_lab.connect("command") as sock:
        assert ask(sock, b"sleep 4") == "执行成功"  # lab_idle_seconds is 2


def test_who_leaves_takes_the_program_along(lab: LabHouse) -> None:
    sock = lab.connect("command")
    sock.sendall(b"sleep 5\n")
    wait_until(lambda: children(lab.house.pid))
    reset(sock)  # an end of input alone may be that of `nc`, which still waits for the answer
    wait_until(lambda: not children(lab.house.pid))
    assert "caller_left" in lab.house.logged("run.ended")[0].raw


def children(pid: int) -> list[str]:
    """The processes that this one has started."""
    return Path(f"/proc/{pid}/task/{pid}/children").read_text().split()


def test_datagrams(lab: LabHouse) -> None:
    with lab.datagrams("command+udp") as sock:
        sock.send("echo 你好".encode())
        assert sock.recv(65536).decode("gbk") == "你好\n"
        sock.send(b"")
        assert sock.recv(65536).startswith(b"Nothing was named that could be run.\nThere are: echo, ")
        sock.send(b"nothing\n")
        assert sock.recv(65536).decode("gbk") == "执行成功"
        sock.send(b"much 50000")
        cut = sock.recv(65536)
        assert 59_900 < len(cut) <= 60_000
        assert cut.endswith(b"\n[cut at 60000 bytes: a datagram holds no more]\n")
        sock.send(b"x" * 2000)
        assert sock.recv(65536) == b"A request has at most 1024 bytes.\n"


def test_other_encodings(open_house: OpenHouse, tmp_path: Path) -> None:
    lab = open_lab(open_house, tmp_path, ["command://127.0.0.1:0?encoding=utf-8"])
    with lab.connect("command") as sock:
        assert ask(sock, "echo 😀".encode(), "utf-8") == "😀\n"


def test_a_server_that_ends_ends_its_programs(lab: LabHouse) -> None:
    with lab.connect("command") as sock:
        sock.sendall(b"sleep\n")
        wait_until(lambda: children(lab.house.pid))
        (child,) = children(lab.house.pid)
        lab.house.stop()
        assert not Path(f"/proc/{child}").exists()
        assert answer(sock) == "[The house is closing. Come back with your code; nothing is lost.]\n"
