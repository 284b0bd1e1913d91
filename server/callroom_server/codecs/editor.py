"""A line editor for terminals in character mode: typed text in; echoes for the terminal and whole lines out.

The cursor is always at the end of the line. Erasing goes by the cell width of the last grapheme. A line that
has wrapped is drawn anew, because no terminal steps back over its left margin: once for all that was typed in
one piece, or a held-down key would be answered with a thousand times its bytes.
"""

import re
from enum import Enum, auto

import msgspec
from wcwidth import grapheme_boundary_before, iter_graphemes, wcswidth

from callroom_server.codecs.lines import LINE_LIMIT, Ending, TooLong

UNKNOWN_WIDTH = 79
"""Columns, where the client does not tell: one less than 80, so that nothing wraps by itself."""
ESCAPE_LIMIT = 64  # characters of a CSI sequence; a longer one is none
ESCAPE_SECONDS = 0.15  # a lone ESC is no sequence when nothing follows within this time

_BELL = "\a"
_ERASING = re.compile(r"[\x03\x08\x15\x17\x1b\x7f\x9b]")
_CURSOR = re.compile(r"([0-9]{1,4});([0-9]{1,4})R")
_PLAIN = re.compile(r"[^\x00-\x1f\x7f-\x9f]+")


class Echo(msgspec.Struct, frozen=True, gc=False):
    """Tell the terminal this; made by the editor alone, so it may hold control characters."""

    text: str


class Entered(msgspec.Struct, frozen=True, gc=False):
    """A whole line. Its text is what was typed, without control characters."""

    text: str


class Cancelled(msgspec.Struct, frozen=True, gc=False):
    """^C: the line was thrown away."""


class CursorAt(msgspec.Struct, frozen=True, gc=False):
    """The terminal tells where its cursor stands (ECMA-48, CPR), or that F3 was pressed with a modifier."""

    row: int
    column: int


EditorEvent = Echo | Entered | Cancelled | TooLong | CursorAt


class _Escape(Enum):
    """Where in an escape sequence the next character stands (ECMA-48)."""

    NONE = auto()
    ESC = auto()
    CSI = auto()
    SS3 = auto()


class Editor:
    """The line being typed.

    Args:
        width: the columns of the terminal, when known.
        redraw: whether lines may be drawn anew; without it (screen readers) they are written on a fresh line.
        limit: the longest line, in bytes of UTF-8.
    """

    __slots__ = (
        "_after_cr",
        "_discarding",
        "_escape",
        "_limit",
        "_line",
        "_sequence",
        "_size",
        "_stale",
        "ending",
        "hidden",
        "prompt",
        "redraw",
        "width",
    )

    def __init__(self, width: int = UNKNOWN_WIDTH, redraw: bool = True, limit: int = LINE_LIMIT) -> None:
        self.width = width
        self.redraw = redraw
        self.prompt = ""
        """Drawn before the line; plain text."""
        self.hidden = False
        """Whether a star stands on the screen for each character; to be changed while nothing is drawn."""
        self.ending = Ending.NONE
        """How the last line ended."""
        self._line = ""
        self._size = 0
        self._limit = limit
        self._stale: str | None = (
            None  # what erases the line as the screen still shows it, until it is redrawn
        )
        self._escape = _Escape.NONE
        self._sequence = ""  # what has come of it after CSI
        self._after_cr = False
        self._discarding = False

    @property
    def text(self) -> str:
        """What has been typed of the line."""
        return self._line

    @property
    def in_escape(self) -> bool:
        """Whether an escape sequence has begun: call `escape_over` after `ESCAPE_SECONDS` without input."""
        return self._escape is not _Escape.NONE

    def escape_over(self) -> None:
        """The sequence will not be completed: what follows is text."""
        self._escape = _Escape.NONE

    def feed(self, text: str) -> list[EditorEvent]:
        """Takes what was typed; what to tell the terminal, and the lines it completes."""
        events: list[EditorEvent] = []
        position, end = 0, len(text)
        while position < end:
            run = None
            if self._escape is _Escape.NONE and (run := _PLAIN.match(text, position)):
                self._after_cr = False
                position = run.end()
                self._insert(run.group(), events)
            else:
                self._control(text[position], events)
                position += 1
        self._freshen(events)
        return events

    def erased(self) -> str:
        """What takes prompt and line from the screen, leaving the cursor at the left of a free line."""
        if not self.prompt and not self._line:
            return ""
        if not self.redraw:
            return "\r\n" if self._line else ""
        rows = self._rows()
        return "\r" + (f"\x1b[{rows}A" if rows else "") + "\x1b[J"

    def drawn(self) -> str:
        """The prompt and the line again, at the left of a fresh line."""
        return self.prompt + self._shown(self._line)

    def reset(self) -> None:
        """Forgets the line."""
        self._line = ""
        self._size = 0
        self._discarding = False

    def edit(self, control: str) -> list[EditorEvent]:
        """Does what a control character does: for telnet's EC and EL, which come beside the text."""
        events: list[EditorEvent] = []
        self._control(control, events)
        self._freshen(events)
        return events

    def _shown(self, text: str) -> str:
        return "*" * len(text) if self.hidden else text

    def _rows(self) -> int:
        """How many rows down from its start the line's cursor stands."""
        shown = self.drawn()
        cells = cell_width(shown)
        if shown.isascii() or cells <= self.width:
            return max(cells - 1, 0) // self.width
        rows = column = 0
        for grapheme in iter_graphemes(shown):  # one that does not fit in the last cell leaves it empty
            cells = cell_width(grapheme)
            if column + cells > self.width:
                rows += 1
                column = 0
            column += cells
        return rows

    def _insert(self, run: str, events: list[EditorEvent]) -> None:
        if self._discarding:
            return
        size = len(run.encode("utf-8", "replace"))
        if self._size + size > self._limit:
            self._freshen(events)
            events += (Echo("\r\n"), TooLong())
            self.reset()
            self._discarding = True
            return
        self._line += run
        self._size += size
        if self._stale is None:
            events.append(Echo(self._shown(run)))

    def _control(self, character: str, events: list[EditorEvent]) -> None:
        after_cr, self._after_cr = self._after_cr, False
        if self._escape is not _Escape.NONE and self._escaped(character, events):
            return
        match character:
            case "\n" | "\0" if after_cr:
                self.ending = Ending.CRLF if character == "\n" else Ending.CRNUL
            case "\r" | "\n":
                self._after_cr = character == "\r"
                self.ending = Ending.CR if self._after_cr else Ending.LF
                self._enter(events)
            case "\b" | "\x7f":
                self._keep(_without_last(self._line), events)
            case "\x15":  # ^U
                self._keep("", events)
            case "\x17":  # ^W
                words = self._line.rstrip()
                self._keep(words[: words.rfind(" ") + 1], events)
            case "\x12" if self._stale is None:  # ^R
                events.append(Echo(self.erased() + self.drawn() if self.redraw else "\r\n" + self.drawn()))
            case "\x03":  # ^C
                self._freshen(events)
                self.reset()
                events += (Echo("^C\r\n"), Cancelled())
            case "\x1b":
                self._escape = _Escape.ESC
                self._sequence = ""
            case "\x9b":
                self._escape = _Escape.CSI
                self._sequence = ""
            case "\t":
                self._insert(" ", events)
            case _ if character >= " " and not "\x7f" <= character <= "\x9f":
                self._insert(character, events)  # what broke an escape sequence off
            case _:
                pass  # no other control character means anything on this line

    def _escaped(self, character: str, events: list[EditorEvent]) -> bool:
        """One character within an escape sequence; False when it does not belong to it."""
        state = self._escape
        if character in "\r\n\x03\x1b" or len(self._sequence) >= ESCAPE_LIMIT:
            self._escape = _Escape.NONE
            self._sequence = ""
            return False
        if state is _Escape.ESC and character in "[O":
            self._escape = _Escape.CSI if character == "[" else _Escape.SS3
            self._sequence = ""
        elif state is _Escape.CSI:
            self._sequence += character
            if not " " <= character <= "?":
                self._escape = _Escape.NONE
                if told := _CURSOR.fullmatch(self._sequence):
                    events.append(CursorAt(int(told[1]), int(told[2])))
                return "@" <= character <= "~"
        else:  # ESC and one more (Alt and a key), or the last of SS3
            self._escape = _Escape.NONE
        return True

    def _enter(self, events: list[EditorEvent]) -> None:
        self._freshen(events)
        discarded = self._discarding
        line = self._line
        self.reset()
        if not discarded:
            events += (Echo("\r\n"), Entered(line))

    def _keep(self, left: str, events: list[EditorEvent]) -> None:
        """Shortens the line to `left`, on the screen too."""
        if left == self._line:
            if not self._discarding:
                events.append(Echo(_BELL))
            return
        if self._stale is None and self._rows():
            self._stale = self.erased()
        gone = cell_width(self._shown(self._line[len(left) :]))
        self._line = left
        self._size = len(left.encode("utf-8", "replace"))
        if self._stale is None:
            events.append(Echo("\b" * gone + " " * gone + "\b" * gone))

    def _freshen(self, events: list[EditorEvent]) -> None:
        """Draws the line anew if the screen shows an older one."""
        if self._stale is not None:
            events.append(Echo(self._stale + self.drawn()))
            self._stale = None


def cell_width(text: str) -> int:
    """How many cells text without control characters takes on a terminal."""
    return len(text) if text.isascii() else max(wcswidth(text), 0)


def _without_last(line: str) -> str:
    """The line without its last grapheme: a letter goes with its accents, an emoji with all its parts."""
    if not line or line.isascii():
        return line[:-1]
    return line[: grapheme_boundary_before(line, len(line))]


def edited(text: str) -> str:
    """A line as it was meant, where a terminal without an editor sends BS, DEL, ^U, ^W and ^C along."""
    if not _ERASING.search(text):
        return text
    editor = Editor(limit=4 * len(text))
    editor.feed(text)
    return editor.text
