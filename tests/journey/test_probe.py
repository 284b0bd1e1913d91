"""A real telnet at a terminal that tells where its cursor stands: the house finds out what it reads."""

import codecs
import os
import time
from collections.abc import Callable

import pexpect
import pyte
import pytest

from house_support import PATIENCE
from journey_support import House, program


class Answering(pyte.Screen):
    """A terminal that answers what it is asked."""

    def __init__(self) -> None:
        super().__init__(80, 24)
        self.answers: list[str] = []

    def write_process_input(self, data: str) -> None:
        self.answers.append(data)


class Desk:
    """Someone at such a terminal, which reads one encoding whatever it is sent."""

    def __init__(self, house: House, encoding: str) -> None:
        self.screen = Answering()
        self._stream = pyte.Stream(self.screen)
        self._decoder = codecs.getincrementaldecoder(encoding)("replace")
        self.child: pexpect.spawn[bytes] = pexpect.spawn(
            program("telnet"),
            ["127.0.0.1", str(house.port("telnet"))],
            dimensions=(24, 80),
            env={**os.environ, "TERM": "xterm"},
        )
        self.child.delaybeforesend = None
        self.sent = b""

    def until(self, met: Callable[[], bool]) -> None:
        """Reads, and lets the terminal answer, until it is so."""
        deadline = time.monotonic() + PATIENCE
        while not met():
            assert time.monotonic() < deadline, (self.sent, self.screen.display)
            try:
                got = self.child.read_nonblocking(4096, 0.05)
            except pexpect.TIMEOUT:
                continue
            self.sent += got
            self._stream.feed(self._decoder.decode(got))
            for answer in self.screen.answers:
                self.child.send(answer.encode())
            self.screen.answers.clear()

    def shown(self) -> list[str]:
        """What stands on the screen."""
        return [line.rstrip() for line in self.screen.display if line.strip()]


@pytest.mark.parametrize("encoding", ["utf-8", "gbk"])
def test_the_house_finds_out_what_a_terminal_reads(house: House, encoding: str) -> None:
    desk = Desk(house, encoding)
    try:
        desk.until(lambda: "机器人> ".encode() in desk.sent)
        desk.child.send(b"/encoding auto\r")
        desk.until(lambda: desk.shown()[-2:] == [f"现在使用 {encoding} 编码。", "机器人>"])
        assert not any("浣犲" in line or "你好" in line for line in desk.shown()), "the sample is gone"
    finally:
        desk.child.close(force=True)
