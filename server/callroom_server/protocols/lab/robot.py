"""The 10086 robot for a bare socket: UTF-8 without framing, entries with or without a line ending."""

from callroom_server.core import texts
from callroom_server.net.transport import Transport
from callroom_server.protocols.entries import Entries
from callroom_server.protocols.lesson import Lab, LessonError, Talk
from callroom_server.protocols.text.formats import TextFormat, text_format
from callroom_wire.address import Address
from callroom_wire.messages import Bye, Dial, Error, Joined, Leave, Press, Prompted, ServerMessage

SCHEME = "robot"
OPTIONS = {"menu": "classic"}


class RobotDoor:
    """A door to the robot and to nothing else: what it says is sent as it is, with nothing before or after.

    When the call ends, so does the connection. Bytes that are no UTF-8 reach the menu as U+FFFD, which is no
    choice of it.
    """

    kind = "robot"
    confirms = True

    def __init__(self, lab: Lab, menu: str) -> None:
        self._lab = lab
        self._house = lab.house
        self._menu = menu
        self._form = text_format(lab.lang, "utf-8", False)
        limits = lab.limits
        self._entries = Entries(limits.line_bytes, limits.lab_entry_seconds, lab.call_later, self._entered)
        self._closing = False
        self.session = 0
        self._transport: Transport

    # For the house

    @property
    def format(self) -> TextFormat:
        """How entries of a place would be written; the robot is in none."""
        return self._form

    @property
    def transport(self) -> Transport:
        """The connection itself."""
        return self._transport

    @property
    def congested(self) -> bool:
        """Whether anything waits to leave."""
        return self._transport.congested

    def go_on(self) -> bool:
        """Nothing waits here."""
        return True

    def logged_in(self) -> None:
        """A menu has led to a room, for which one needs a name."""

    def send(self, message: ServerMessage) -> None:
        """Says what the robot says."""
        match message:
            case Prompted(text=text, ended=ended):
                self._say(text)
                if ended:
                    self._close("call_ended")
            case Error():
                self._say(f"{message.text} {message.fix}\n")
            case Bye():
                self._say(message.text + "\n")
            case Joined():  # back at once, on the loop's next pass: the room has to be told first
                self._say(texts.word(self._lab.lang, "robot_no_rooms") + "\n")
                self._lab.call_later(0, lambda: self._return_from(message.place))
            case _:
                pass

    def deliver(self, data: bytes) -> None:
        """What is said in a room in the moment before it is left is not for this caller."""

    def close(self, code: str, text: str) -> None:
        """Says why, finishes sending, and closes."""
        if not self._closing and text:
            self._say(text + "\n")
        self._close(code)

    # For the transport

    def connection_made(self, transport: Transport) -> None:
        """Calls the robot, which greets at once."""
        self._transport = transport
        self._lab.came(transport, SCHEME)
        self.session = self._house.opened(self, self.kind, transport.peer)
        self._house.received(self.session, Dial(menu=self._menu))

    def data_received(self, data: bytes) -> None:
        """Bytes of entries, cut anywhere."""
        if not self._closing:
            self._entries.feed(data)

    def eof_received(self) -> None:
        """The caller has finished: the last entry is answered, then the door closes."""
        if not self._closing:
            self._entries.rest()
            self._house.finished(self.session)

    def writable(self) -> None:
        """Everything has left."""
        self._house.writable(self.session)

    def connection_lost(self, reason: str) -> None:
        """The connection is gone."""
        self._closing = True
        self._entries.stop()
        if self.session:
            self._house.lost(self.session, reason)

    def _entered(self, entry: bytes | None) -> None:
        if self._closing:
            return
        if entry is None:
            limit = self._lab.limits.line_bytes
            self.close("line_bytes", texts.word(self._lab.lang, "command_too_long", limit=limit))
        elif entry.strip():
            press = Press(text=entry.decode("utf-8", "replace"))
            self._house.received(self.session, press, len(entry))

    def _return_from(self, room: str) -> None:
        if not self._closing:
            self._house.received(self.session, Leave(room=room))
            self._house.received(self.session, Dial(menu=self._menu))

    def _say(self, text: str) -> None:
        if text and not self._closing:
            self._transport.write(text.encode("utf-8", "replace"))

    def _close(self, reason: str) -> None:
        if not self._closing:
            self._closing = True
            self._entries.stop()
        self._transport.close(reason)


def over_stream(lab: Lab, address: Address) -> Talk:
    """What serves connections, with the menu of the URL; the tutorial's if it names none."""
    menu = address.query.get("menu", "classic")
    if menu not in lab.menus:
        names = ", ".join(sorted(lab.menus))
        raise LessonError(f'{address}: there is no menu "{menu}": write one of {names}')
    return lambda: RobotDoor(lab, menu)
