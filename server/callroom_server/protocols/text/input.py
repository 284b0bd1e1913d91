"""The reading side of a text door, in line and character mode: bytes in, whole lines and interrupts out.

Character mode, where our editor echoes and redraws, begins once both ECHO and SGA are agreed. ECHO is
accepted from a client that asks for it (PuTTY) and offered to one whose terminal type is a real terminal's;
never to others, because a MUD client takes WILL ECHO for a password prompt and hides what is typed. Which is
just what a secret entry needs: while one is wanted, ECHO is offered to everyone who speaks telnet.
"""

import msgspec

from callroom_server.codecs import telnet as t
from callroom_server.codecs.editor import Cancelled, CursorAt, Echo, Editor, EditorEvent, Entered, edited
from callroom_server.codecs.encodings import Decoder, Unreadable, breaks_off, decode
from callroom_server.codecs.lines import Ending, Lines, TooLong
from callroom_server.config.limits import Limits
from callroom_server.protocols.text.screen import Screen

TERMINALS = (
    "alacritty", "ansi", "cygwin", "dtterm", "eterm", "foot", "gnome", "iterm", "kitty", "konsole",
    "linux", "putty", "rxvt", "screen", "st-", "tmux", "vt1", "vt2", "vt3", "vt4", "vt5",
    "vtnt", "wezterm", "xterm",
)  # fmt: skip
"""How the names of terminals begin that our editor can draw on: CSI A and CSI J are all it needs."""

TAKEN_FOR_A_KEY = {t.IP: b"\x83", t.AO: b"\x8f", t.SUSP: b"\x9a", t.BRK: b"\x9c"}
"""By telnet command the byte of a character from which a BSD client made it.

Without BINARY such a client (inetutils too: telnet.c, `strip`) compares the lower seven bits of each byte
with the terminal's control keys, usually ^C, ^O, ^Z and ^\\: 本 is E6 9C AC, and is sent as E6 IAC BRK AC.
"""

BOM = "\ufeff"  # what Windows puts before redirected text


class Typed(msgspec.Struct, frozen=True):
    """A whole line."""

    text: str


class Unread(msgspec.Struct, frozen=True):
    """A whole line as it came: `Reading.read` it when its turn comes, for the one before may be /encoding."""

    data: bytes


class Dropped(msgspec.Struct, frozen=True):
    """A line was not readable, or too long, and is gone; `reason` is what is wrong with its bytes, or ""."""

    reason: str


class Interrupted(msgspec.Struct, frozen=True):
    """Ctrl-C, in one of its forms."""


class AreYouThere(msgspec.Struct, frozen=True):
    """The client asks for a sign of life."""


class Exposed(msgspec.Struct, frozen=True):
    """What is typed should be hidden, and the client goes on showing it."""


class Column(msgspec.Struct, frozen=True):
    """The terminal tells in which column its cursor stands."""

    number: int


Input = Typed | Unread | Dropped | Interrupted | AreYouThere | Exposed | Column


class Reading:
    """What a peer has sent and not finished, and what it has agreed to."""

    __slots__ = (
        "_decoder",
        "_encoding",
        "_hidden",
        "_limit",
        "_spoilt",
        "editor",
        "lines",
        "screen",
        "telnet",
        "terminal",
    )

    def __init__(self, screen: Screen, encoding: str, limits: Limits, speak_first: bool) -> None:
        self.screen = screen
        self.telnet = t.Telnet()
        self.lines = Lines(limits.line_bytes)
        self._limit = limits.line_bytes
        self.editor: Editor | None = None
        self.terminal = ""
        self._encoding = encoding
        self._decoder = Decoder(encoding)
        self._spoilt = ""
        self._hidden = False
        if speak_first:
            self._greet()

    @property
    def encoding(self) -> str:
        """The encoding of what comes in."""
        return self._encoding

    @property
    def ending(self) -> Ending:
        """How the peer ends its lines."""
        return self.editor.ending if self.editor is not None else self.lines.ending

    @property
    def bare(self) -> bool:
        """Whether an entry waits that has no line ending, of a peer that never sent one: `sendall("0")`."""
        return (
            self.editor is None
            and self.lines.partial
            and self.lines.ending is Ending.NONE
            and not self.telnet.spoken
        )

    def hide(self, on: bool) -> bool:
        """From now on what is typed is not to be seen, or is again. True: it will, as only the peer could."""
        if on is self._hidden:
            return False
        self._hidden = on
        if self.editor is not None:
            self.screen.hide(on)
        elif self.screen.telnet:
            self.screen.write_raw(self.telnet.will(t.ECHO, on))
        return on and not self.screen.telnet

    def use_encoding(self, encoding: str) -> None:
        """Reads in another encoding from now on."""
        self._encoding = encoding
        self._decoder = Decoder(encoding)

    def feed(self, data: bytes) -> list[Input]:
        """Takes what was received: answers telnet, echoes, and returns the rest in order."""
        found: list[Input] = []
        for event in self.telnet.feed(data):
            match event:
                case t.Data():
                    self._typed(event.data, found)
                case t.Reply():
                    self._notice_telnet()
                    self.screen.write_raw(event.data)
                case t.Command():
                    self._notice_telnet()
                    self._commanded(event.code, found)
                case t.Resized():
                    self._resized(event)
                case t.TerminalType():
                    self.terminal = event.name
                    self._choose_mode()
                case t.Switched():
                    self._notice_telnet()
                    self._choose_mode()
                case t.Declined():
                    if self._hidden and event.ours and event.option == t.ECHO:
                        found.append(Exposed())
        if self.telnet.spoken:
            self._notice_telnet()
        return found

    def rest(self) -> list[Input]:
        """What has come of an unfinished line: an entry without line ending, or the last before the end."""
        found: list[Input] = []
        if self.editor is not None:
            text = self.editor.text
            self.editor.reset()
            if text:
                found.append(Typed(text))
        elif data := self.lines.take_partial():
            found.append(Unread(data))
            self.screen.typing(False)
        return found

    def forget(self) -> None:
        """Drops what was typed of the line."""
        self.lines.reset()
        if self.editor is not None:
            self.editor.reset()

    def _typed(self, data: bytes, found: list[Input]) -> None:
        if self.editor is not None:
            self._edit(self.editor, data, found)
            return
        if (
            self.telnet.ours(t.ECHO) and not self._hidden
        ):  # we promised to echo but may not edit: the terminal shall do it
            self.screen.write_raw(self.telnet.will(t.ECHO, on=False))
        for event in self.lines.feed(data):
            self.screen.entered()
            if isinstance(event, TooLong):
                found.append(Dropped(""))
            else:
                found.append(Unread(event.data))
        self.screen.typing(self.lines.partial and not self._hidden)

    def read(self, line: Unread) -> Typed | Dropped:
        """A line in the encoding that is in force now.

        Whatever it is, a command typed in ASCII is readable: /encoding must always work.
        """
        text = decode(line.data, self._encoding)
        if isinstance(text, Unreadable):
            return Dropped(text.reason)
        return Typed(edited(text).removeprefix(BOM))

    def _edit(self, editor: Editor, data: bytes, found: list[Input]) -> None:
        for piece in self._decoder.feed(data):
            if isinstance(piece, Unreadable):
                self._spoilt = piece.reason
            else:
                self._edited(editor.feed(piece), found)

    def _edited(self, events: list[EditorEvent], found: list[Input]) -> None:
        screen = self.screen
        for event in events:
            match event:
                case Echo():
                    screen.echo(event.text)
                case Entered():
                    screen.entered()
                    spoilt, self._spoilt = self._spoilt, ""
                    found.append(Dropped(spoilt) if spoilt else Typed(event.text))
                case Cancelled():
                    screen.entered()
                    self._spoilt = ""
                    found.append(Interrupted())
                case TooLong():
                    screen.entered()
                    found.append(Dropped(""))
                case CursorAt():
                    found.append(Column(event.column))

    def _commanded(self, code: int, found: list[Input]) -> None:
        if self.editor is None and code in TAKEN_FOR_A_KEY and breaks_off(self.lines.held, self._encoding):
            self._typed(TAKEN_FOR_A_KEY[code], found)
            return
        match code:
            case t.IP | t.BRK | t.ABORT:
                self.forget()
                self._spoilt = ""
                found.append(Interrupted())
            case t.AO:
                self.screen.drop_output()
            case t.AYT:
                found.append(AreYouThere())
            case t.EC | t.EL:
                key = "\b" if code == t.EC else "\x15"
                if self.editor is not None:
                    self._edited(self.editor.edit(key), found)
                else:
                    self._typed(key.encode("ascii"), found)
            case t.SUSP:
                pass  # nothing here can be put to sleep
            case _:
                raise AssertionError(f"unknown telnet command {code}")

    def _resized(self, size: t.Resized) -> None:
        self.screen.width, self.screen.height = size.width, size.height
        if self.editor is not None:
            self.editor.width = size.width

    def _notice_telnet(self) -> None:
        """The peer speaks telnet: from now on so do we."""
        if not self.screen.telnet:
            self._greet()

    def _greet(self) -> None:
        """Says what we can do, and waits for nothing. DO BINARY because of `TAKEN_FOR_A_KEY`."""
        self.screen.telnet = True
        telnet = self.telnet
        self.screen.write_raw(
            telnet.will(t.SGA) + telnet.do(t.BINARY) + telnet.do(t.NAWS) + telnet.do(t.TTYPE)
        )
        if self._hidden:
            self.screen.write_raw(telnet.will(t.ECHO))

    def _choose_mode(self) -> None:
        """Enters or leaves character mode after something was agreed."""
        telnet = self.telnet
        sga, echo = telnet.ours(t.SGA), telnet.ours(t.ECHO)
        known = self.terminal.startswith(TERMINALS)
        if sga and not echo and known:
            self.screen.write_raw(telnet.will(t.ECHO))
        elif echo and not sga and self.editor is not None:
            self.screen.write_raw(telnet.will(t.ECHO, on=False))
        if sga and echo:
            if self.editor is None and (known or not self._hidden):  # else ECHO only hides a secret
                self._begin_editing()
        elif self.editor is not None:
            self.editor = None
            self.screen.edit(None)

    def _begin_editing(self) -> None:
        screen = self.screen
        self.editor = Editor(screen.columns, redraw=not screen.form.plain, limit=self._limit)
        self.editor.hidden = self._hidden
        screen.edit(self.editor)
        begun = decode(self.lines.take_partial(), self._encoding)
        if isinstance(begun, str):
            self.editor.feed(begun)
