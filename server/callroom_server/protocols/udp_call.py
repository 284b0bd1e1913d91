"""One call at the datagram door: an entry in, and one answer out once the robot has said it all."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec

from callroom_server.config.limits import Limits
from callroom_server.protocols.house import House
from callroom_server.protocols.text.formats import TextFormat, text_format
from callroom_server.protocols.text.phrases import DoorReader
from callroom_wire import command as c
from callroom_wire import messages as m
from callroom_wire.address import SocketAddress
from callroom_wire.commands import SHARED
from callroom_wire.datagrams import Asked, answer
from callroom_wire.messages import ClientMessage, ServerMessage
from callroom_wire.rendering import render
from callroom_words.words import Words

if TYPE_CHECKING:
    from callroom_server.protocols.udp import UdpDoor

ANSWER_SECONDS = 30.0
"""An entry that has no answer by then will not get one, and the next is taken."""

TABLE: c.Table[object] = c.Table(*SHARED)

HELP = Words(
    "Here you speak with the robot alone: an entry after your cookie, or /call, /hangup, /lang en|zh, /quit. "
    "Rooms and people are behind the other doors: call with telnet or nc.",
    "这里只能与机器人通话：在 cookie 后写输入，或 /call、/hangup、/lang en|zh、/quit。"
    "房间和其他人请用 telnet 或 nc 连接。",
)
NOT_UTF8 = Words("That was no UTF-8.", "这不是 UTF-8。")


class UdpPath:
    """What stands for a connection where there is none. `paused`: what comes now is dropped."""

    congested = False
    handshaken = True
    stalled_since: float | None = None

    def __init__(self, now: float, end: Callable[[str], None]) -> None:
        self.opened_at = now
        self.paused = False
        self._end = end

    def fileno(self) -> int:
        """The socket is everyone's."""
        return -1

    def pause_reading(self) -> None:
        """The caller is too fast: what comes now is dropped, and may be sent again."""
        self.paused = True

    def resume_reading(self) -> None:
        """Entries are taken again."""
        self.paused = False

    def close(self, reason: str = "") -> None:
        """The call is over."""
        self._end(reason)

    def abort(self, reason: str = "") -> None:
        """The call is over."""
        self._end(reason)


class UdpCall:
    """A caller at an address.

    What the robot says unasked, because of a silence, waits and comes first in the next answer.
    """

    format: TextFormat
    confirms = False
    congested = False

    def __init__(
        self,
        door: UdpDoor,
        house: House,
        peer: str,
        address: SocketAddress,
        cookie: str,
        lang: str,
        limits: Limits,
    ) -> None:
        self.peer = peer
        self.address = address
        self.session = 0
        self.heard_at = house.time()
        self.transport = UdpPath(self.heard_at, self._end)
        self.format = text_format(lang, "utf-8", plain=True)
        self._door = door
        self._house = house
        self._limits = limits
        self._cookie = cookie
        self._lang = lang
        self._ref = 0
        self._waits = False  # for an answer to the entry `_ref`
        self._asked_at = 0.0
        self._number: int | None = None
        self._last = b""
        self._unasked = ""
        self._said: list[str] = []
        self._over = False
        self._begun = False

    def has_cookie(self, cookie: str) -> bool:
        """Whether it is the one that this call was opened with: it lasts as long as the call."""
        return hmac.compare_digest(cookie.encode(), self._cookie.encode())

    def asked(self, asked: Asked) -> bool:
        """Takes an entry in; False if it is not the next one, and gets no answer."""
        number = asked.number
        now = self._house.time()
        if number is not None and number == self._number and self._last:
            self._door.reply(self._last, self.address)  # the answer was lost: the robot is not asked again
            return True
        if self.transport.paused or (self._waits and now - self._asked_at < ANSWER_SECONDS):
            return False
        if number is not None and self._number is not None and number < self._number:
            return False
        self._number, self._last = number, b""
        self._asked_at = now
        self._said = []
        self._act(asked.entry)
        return True

    def _act(self, entry: str | None) -> None:
        if entry is None:
            self._answer(self._reader.pick(NOT_UTF8))
            return
        if not self._begun or not entry:  # an entry without a call was meant for one that is over
            self._begun = True
            self._ask(m.Dial())
            return
        match TABLE.read(entry, c.Where()):
            case c.Line(text=text):
                self._ask(m.Press(text=text))
            case c.Ask(message=m.Lang() as message):
                self._lang = message.lang
                self._ask(message)
            case c.Ask(message=m.Dial() | m.HangUp() | m.Quit() as message):
                self._ask(message)
            case _:
                self._answer(self._reader.pick(HELP))

    @property
    def _reader(self) -> DoorReader:
        return DoorReader(self._lang, plain=True)

    def _ask(self, message: ClientMessage) -> None:
        self._ref += 1
        self._waits = True
        self._house.received(self.session, msgspec.structs.replace(message, ref=self._ref))

    def _answer(self, text: str) -> None:
        self._waits = False
        parts = [part for part in (self._unasked, *self._said, text) if part]
        self._unasked = ""
        self._said = []
        self._last = answer(self._number, "\n".join(parts), self._limits.datagram_bytes)
        self._door.reply(self._last, self.address)

    # --- for the house ------------------------------------------------------------------------------------

    def go_on(self) -> bool:
        """Nothing waits here."""
        return True

    def logged_in(self) -> None:
        """Nobody logs in here."""

    def send(self, message: ServerMessage) -> None:
        """Takes what the house says into the answer that is due, or keeps it for the next."""
        text = render(message, self._reader)
        if isinstance(message, m.Prompted):
            if message.secret:
                text += "\n" + self._reader.say("visible")
            if message.ended:
                self._begun = False
        if not self._waits:
            self._unasked = text
        elif isinstance(message, m.Prompted) and not message.ended and not (message.node and text):
            self._said.append(text)  # the robot is looking something up, and will say more
        else:
            self._answer(text)

    def deliver(self, data: bytes) -> None:
        """Who sits in no place is shown no entries."""
        raise AssertionError("a caller over UDP is a member of nothing")

    def close(self, code: str, text: str) -> None:
        """The call is over, with these words if somebody waits for some."""
        if self._waits and not self._over:
            self._answer(text)
        self._end(code)

    def _end(self, reason: str) -> None:
        if not self._over:
            self._over = True
            self._house.call_later(0, lambda: self._door.end(self, reason))
