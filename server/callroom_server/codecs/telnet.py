"""The telnet protocol as a pure parser: bytes in, events out, with its own answers among them in order.

One byte state machine runs across segments (RFC 854), and each option, on each side, has the six states of
the Q method (RFC 1143), here as a table:

    NO ── want on ──> WANTYES ── on ──> YES ── want off ──> WANTNO ── off ──> NO

`..._OPPOSITE` means: when the answer comes, ask for the contrary. A missing entry in `_HEARD` changes nothing
and answers nothing, which is what keeps two machines from answering each other for ever.

The parser knows no text: what it yields is bytes for the line reader or the editor. It is total: every byte
sequence yields events and leaves it usable.
"""

import re
from enum import Enum, auto

import msgspec

IAC, DONT, DO, WONT, WILL, SB = 255, 254, 253, 252, 251, 250
GA, EL, EC, AYT, AO, IP, BRK, DM, NOP, SE = 249, 248, 247, 246, 245, 244, 243, 242, 241, 240
ABORT, SUSP = 238, 237  # RFC 1184

BINARY, ECHO, SGA, TM, TTYPE, NAWS = 0, 1, 3, 6, 24, 31
OPTION_NAMES = {BINARY: "BINARY", ECHO: "ECHO", SGA: "SGA", TM: "TM", TTYPE: "TTYPE", NAWS: "NAWS"}

SUBNEGOTIATION_LIMIT = (
    256  # bytes; a longer one is dropped, and left at the next line ending if its end never comes
)
TERMINAL_NAME_LIMIT = 40  # characters, RFC 1091
WIDTH_RANGE = (20, 500)
HEIGHT_RANGE = (5, 200)

KEEPALIVE = bytes([IAC, NOP])
_TTYPE_IS, _TTYPE_SEND = 0, 1
_TOLD = frozenset({EC, EL, AYT, AO, IP, BRK, ABORT, SUSP})  # the others, known or not, mean nothing here


class Data(msgspec.Struct, frozen=True, gc=False):
    """What was typed, freed of telnet."""

    data: bytes


class Command(msgspec.Struct, frozen=True, gc=False):
    """EC, EL, AYT, AO, IP, BRK, ABORT or SUSP."""

    code: int


class Resized(msgspec.Struct, frozen=True, gc=False):
    """The size of the window, clamped to what can be drawn in; 0 by 0 (unknown) is not told."""

    width: int
    height: int


class TerminalType(msgspec.Struct, frozen=True, gc=False):
    """The name the client gave its terminal, in lower case."""

    name: str


class Switched(msgspec.Struct, frozen=True, gc=False):
    """An option was agreed on or off: `ours` is what we do, otherwise what the client does."""

    option: int
    ours: bool
    on: bool


class Declined(msgspec.Struct, frozen=True, gc=False):
    """The client will not have an option that we asked for."""

    option: int
    ours: bool


class Reply(msgspec.Struct, frozen=True, gc=False):
    """Bytes to be written now, in order with what is written for the other events."""

    data: bytes


Event = Data | Command | Resized | TerminalType | Switched | Declined | Reply


class Q(Enum):
    """Where an option stands on one side (RFC 1143)."""

    NO = auto()
    YES = auto()
    WANTNO = auto()
    WANTNO_OPPOSITE = auto()
    WANTYES = auto()
    WANTYES_OPPOSITE = auto()


# (state, heard on?) -> (state, what is sent: on, off or nothing). (NO, True) depends on our consent.
_HEARD: dict[tuple[Q, bool], tuple[Q, bool | None]] = {
    (Q.YES, False): (Q.NO, False),
    (Q.WANTNO, False): (Q.NO, None),
    (Q.WANTNO, True): (Q.NO, None),  # "off" answered by "on": the peer is broken; off it is
    (Q.WANTNO_OPPOSITE, False): (Q.WANTYES, True),
    (Q.WANTNO_OPPOSITE, True): (Q.YES, None),
    (Q.WANTYES, False): (Q.NO, None),
    (Q.WANTYES, True): (Q.YES, None),
    (Q.WANTYES_OPPOSITE, False): (Q.NO, None),
    (Q.WANTYES_OPPOSITE, True): (Q.WANTNO, False),
}
# (state, wanted on?) -> (state, what is sent). A missing entry: it is so already, or on its way.
_WANTED: dict[tuple[Q, bool], tuple[Q, bool | None]] = {
    (Q.NO, True): (Q.WANTYES, True),
    (Q.YES, False): (Q.WANTNO, False),
    (Q.WANTNO, True): (Q.WANTNO_OPPOSITE, None),
    (Q.WANTNO_OPPOSITE, False): (Q.WANTNO, None),
    (Q.WANTYES, False): (Q.WANTYES_OPPOSITE, None),
    (Q.WANTYES_OPPOSITE, True): (Q.WANTYES, None),
}
_ON = frozenset({Q.YES, Q.WANTNO, Q.WANTNO_OPPOSITE})  # in force until the "off" has been answered


_OVER = re.compile(rb"[\xff\r\n]")


class _At(Enum):
    """Where in the stream the next byte stands."""

    DATA = auto()
    IAC = auto()
    VERB = auto()  # the option of WILL, WONT, DO or DONT
    SB_OPTION = auto()
    SB = auto()
    SB_IAC = auto()
    SB_OVER = auto()  # too long: dropped up to its end, or the next line ending
    SB_OVER_IAC = auto()


def escape(data: bytes) -> bytes:
    """Data as it must be written to a telnet client: 0xFF doubled."""
    return data.replace(b"\xff", b"\xff\xff") if b"\xff" in data else data


class Telnet:
    """One connection's telnet.

    Args:
        ours: the options we are ready to switch on for ourselves when asked.
        theirs: the options we are ready to let the client switch on.
    """

    __slots__ = (
        "_at",
        "_ours",
        "_ours_allowed",
        "_refused",
        "_sub",
        "_theirs",
        "_theirs_allowed",
        "_verb",
        "spoken",
    )

    def __init__(
        self,
        ours: frozenset[int] = frozenset({BINARY, SGA, ECHO}),
        theirs: frozenset[int] = frozenset({BINARY, SGA, NAWS, TTYPE}),
    ) -> None:
        self.spoken = False
        """The client has sent a telnet command: it understands ours."""
        self._at = _At.DATA
        self._verb = 0
        self._sub = bytearray()
        self._ours_allowed = ours
        self._theirs_allowed = theirs
        self._ours: dict[int, Q] = {}
        self._theirs: dict[int, Q] = {}
        self._refused: set[tuple[int, int]] = set()

    def ours(self, option: int) -> bool:
        """Whether we do this option just now."""
        state = self._ours.get(option)
        return state is not None and state in _ON

    def theirs(self, option: int) -> bool:
        """Whether the client does this option just now."""
        return self._theirs.get(option, Q.NO) in _ON

    @property
    def negotiated(self) -> bool:
        """Whether any option is agreed on: the peer certainly runs telnet."""
        if not self._ours and not self._theirs:  # most who type, and asked at each chunk
            return False
        return any(state in _ON for side in (self._ours, self._theirs) for state in side.values())

    def will(self, option: int, on: bool = True) -> bytes:
        """Asks to do an option ourselves, or no longer; what must be written, perhaps nothing."""
        return self._want(self._ours, option, on, WILL if on else WONT)

    def do(self, option: int, on: bool = True) -> bytes:
        """Asks the client to do an option, or no longer; what must be written, perhaps nothing."""
        return self._want(self._theirs, option, on, DO if on else DONT)

    def feed(self, data: bytes) -> list[Event]:
        """Takes what was received; what it means, in order. Data between two commands is one slice."""
        if self._at is _At.DATA and IAC not in data:
            return [Data(data)] if data else []
        events: list[Event] = []
        typed: list[bytes] = []
        position, end = 0, len(data)
        while position < end:
            if self._at is _At.DATA:
                start, position = position, data.find(IAC, position)
                if position < 0:
                    position = end
                else:
                    self._at = _At.IAC
                if position > start:
                    typed.append(data[start:position])
                position += 1
            elif self._at is _At.SB:
                position = self._subnegotiate(data, position)
            elif self._at is _At.SB_OVER:
                position = self._skip(data, position)
            else:
                byte = data[position]
                if self._at is _At.IAC and byte == IAC:
                    self._at = _At.DATA
                    typed.append(b"\xff")
                    position += 1
                else:
                    position += 1
                    if told := self._step(byte):
                        if typed:
                            events.append(Data(b"".join(typed)))
                            typed.clear()
                        events += told
        if typed:
            events.append(Data(b"".join(typed)))
        return events

    def _subnegotiate(self, data: bytes, position: int) -> int:
        """Collects a subnegotiation up to the next IAC or the limit; the position after what was taken."""
        room = SUBNEGOTIATION_LIMIT - len(self._sub)
        found = data.find(IAC, position, position + room + 1)
        if found >= 0:
            self._sub += data[position:found]
            self._at = _At.SB_IAC
            return found + 1
        if len(data) - position > room:
            self._sub.clear()
            self._at = _At.SB_OVER
            return position + room
        self._sub += data[position:]
        return len(data)

    def _skip(self, data: bytes, position: int) -> int:
        """Leaves out what is overlong, up to an IAC or a line ending, which is data again."""
        found = _OVER.search(data, position)
        if found is None:
            return len(data)
        if found[0] != b"\xff":
            self._at = _At.DATA
            return found.start()
        self._at = _At.SB_OVER_IAC
        return found.end()

    def _step(self, byte: int) -> list[Event]:
        """One byte outside of plain data."""
        at = self._at
        if at is _At.IAC:
            return self._command(byte)
        if at is _At.VERB:
            self._at = _At.DATA
            return self._negotiate(self._verb, byte)
        if at is _At.SB_OPTION:
            # An IAC here is the beginning of a command: the option and the end were lost.
            self._at = _At.IAC if byte == IAC else _At.SB
            self._sub[:] = bytes([byte])
        elif at is _At.SB_IAC:
            if byte == SE:
                self._at = _At.DATA
                return self._subnegotiated()
            if byte != IAC:
                # Its end was lost: what follows is a command of its own, as inetutils' telnetd reads it.
                return self._command(byte)
            self._at = _At.SB
            if len(self._sub) < SUBNEGOTIATION_LIMIT:
                self._sub.append(IAC)
            else:
                self._sub.clear()
                self._at = _At.SB_OVER
        else:
            assert at is _At.SB_OVER_IAC, at
            self._at = _At.DATA if byte == SE else _At.SB_OVER
        return []

    def _command(self, byte: int) -> list[Event]:
        self._at = _At.DATA
        self.spoken = True
        if byte in (WILL, WONT, DO, DONT):
            self._verb = byte
            self._at = _At.VERB
        elif byte == SB:
            self._at = _At.SB_OPTION
        elif byte in _TOLD:
            return [Command(byte)]
        return []

    def _negotiate(self, verb: int, option: int) -> list[Event]:
        if option == TM:  # RFC 860: a mark in the output; the client discards everything until it comes
            return [Reply(bytes([IAC, WILL, TM]))] if verb == DO else []
        ours = verb in (DO, DONT)
        on = verb in (DO, WILL)
        side, allowed = (self._ours, self._ours_allowed) if ours else (self._theirs, self._theirs_allowed)
        if option not in allowed:
            return self._refuse(verb, option) if on else []
        state = side.get(option, Q.NO)
        if state is Q.NO and on:
            after, sent = Q.YES, True
        else:
            after, sent = _HEARD.get((state, on), (state, None))
        side[option] = after
        events: list[Event] = []
        if sent is not None:
            events.append(Reply(bytes([IAC, _verb(ours, sent), option])))
        if state is Q.WANTYES and not on:
            events.append(Declined(option, ours))
        if (after is Q.YES) != (state in _ON):
            events.append(Switched(option, ours, after is Q.YES))
            if option == TTYPE and not ours and after is Q.YES:
                events.append(Reply(bytes([IAC, SB, TTYPE, _TTYPE_SEND, IAC, SE])))
        return events

    def _refuse(self, verb: int, option: int) -> list[Event]:
        """An unknown option is refused once: a client that asks again is not answered again."""
        if (verb, option) in self._refused:
            return []
        self._refused.add((verb, option))
        return [Reply(bytes([IAC, WONT if verb == DO else DONT, option]))]

    def _subnegotiated(self) -> list[Event]:
        body = bytes(self._sub)
        self._sub.clear()
        if body[0] == NAWS and len(body) == 5 and self.theirs(NAWS):
            width, height = int.from_bytes(body[1:3]), int.from_bytes(body[3:5])
            return (
                [Resized(_clamp(width, WIDTH_RANGE), _clamp(height, HEIGHT_RANGE))]
                if width and height
                else []
            )
        if body[0] == TTYPE and body[1:2] == bytes([_TTYPE_IS]) and self.theirs(TTYPE):
            name = body[2:].decode("ascii", "ignore")
            name = "".join(letter for letter in name if letter.isprintable())[:TERMINAL_NAME_LIMIT]
            return [TerminalType(name.lower())] if name else []
        return []

    def _want(self, side: dict[int, Q], option: int, on: bool, verb: int) -> bytes:
        state = side.get(option, Q.NO)
        after, sent = _WANTED.get((state, on), (state, None))
        side[option] = after
        return b"" if sent is None else bytes([IAC, verb, option])


def _verb(ours: bool, on: bool) -> int:
    if ours:
        return WILL if on else WONT
    return DO if on else DONT


def _clamp(value: int, bounds: tuple[int, int]) -> int:
    return min(max(value, bounds[0]), bounds[1])
