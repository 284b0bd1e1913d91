"""What a text door writes, and how it goes around what is being typed.

In line mode the terminal keeps the line: nothing is ever erased, nothing held back. In character mode our
editor keeps it: the line is taken away, the text written, and the line drawn again.
"""

from collections import deque

from callroom_server.codecs.editor import UNKNOWN_WIDTH, Editor
from callroom_server.codecs.telnet import escape
from callroom_server.config.limits import Limits
from callroom_server.net.transport import Transport
from callroom_server.protocols.text.formats import TextFormat, wire


class Screen:
    """The writing side of a text door."""

    __slots__ = (
        "_drawn",
        "_limit",
        "_outbox",
        "_size",
        "_transport",
        "_typing",
        "busy",
        "editor",
        "form",
        "height",
        "telnet",
        "width",
    )

    def __init__(self, transport: Transport, form: TextFormat, limits: Limits) -> None:
        self.form = form
        """The reader's language, encoding and plainness."""
        self.telnet = False
        """The peer speaks telnet: 0xFF is doubled."""
        self.width = 0
        self.height = 0
        self.editor: Editor | None = None
        """Set in character mode."""
        self.busy = False
        """While input is handled the line is not drawn after each text, but once at the end."""
        self._transport = transport
        self._limit = limits.hard_close_bytes
        self._outbox: deque[tuple[bytes, bool]] = deque()
        self._size = 0
        self._drawn = False
        self._typing = False

    @property
    def columns(self) -> int:
        """The width to write for."""
        return self.width or UNKNOWN_WIDTH

    @property
    def congested(self) -> bool:
        """Whether anything waits to leave."""
        return bool(self._outbox) or self._transport.congested

    def show(self, text: str) -> None:
        """Writes lines; an ending is added."""
        if text:
            self.show_bytes(wire(text + "\n", self.form.encoding))

    def show_bytes(self, data: bytes) -> None:
        """Writes whole lines, encoded already."""
        if self.editor is None:
            if self._typing:
                self._typing = False
                data = b"\r\n" + data
        elif self._drawn:
            self._drawn = False
            data = self._encoded(self.editor.erased()) + data
        self.write(data)
        self.ready()

    def ready(self) -> None:
        """Draws the line that is being typed, if it is not there."""
        if self.editor is not None and not self._drawn and not self.busy:
            self._drawn = True
            self.write(self._encoded(self.editor.drawn()))

    def change_prompt(self, prompt: str) -> None:
        """Puts another prompt before the line that is being typed."""
        assert self.editor is not None
        if self._drawn:
            self._drawn = False
            self.write(self._encoded(self.editor.erased()))
        self.editor.prompt = prompt

    def hide(self, on: bool) -> None:
        """Shows stars for what is typed in character mode, or what it is."""
        assert self.editor is not None
        if self._drawn:
            self._drawn = False
            self.write(self._encoded(self.editor.erased()))
        self.editor.hidden = on
        self.ready()

    def echo(self, text: str) -> None:
        """Writes what the editor says; the line is on the screen then."""
        self._drawn = True
        self.write(self._encoded(text))

    def entered(self) -> None:
        """The typed line has ended on the screen: the cursor is at the left of a fresh one."""
        self._drawn = False
        self._typing = False

    def typing(self, partial: bool) -> None:
        """Line mode: whether the peer has sent a piece of a line, which its terminal shows."""
        self._typing = partial

    def edit(self, editor: Editor | None) -> None:
        """Enters character mode, or leaves it."""
        if self.editor is not None and self._drawn:
            self.write(self._encoded(self.editor.erased()))
        self.editor = editor
        self._drawn = self._typing = False

    def write(self, data: bytes) -> None:
        """Writes text as it is, in order with all else."""
        if data:
            self.write_raw(escape(data) if self.telnet else data, droppable=True)

    def write_raw(self, data: bytes, droppable: bool = False) -> None:
        """Writes bytes of the protocol, which are never dropped."""
        if not self.congested:
            self._transport.write(data)
            return
        self._outbox.append((data, droppable))
        self._size += len(data)
        if self._size > self._limit:
            self._transport.abort("hard_close_bytes")

    def drop_output(self) -> None:
        """Abort Output: the text that waits is dropped; answers to telnet commands stay."""
        self._outbox = deque((data, droppable) for data, droppable in self._outbox if not droppable)
        self._size = sum(len(data) for data, _ in self._outbox)

    def flush(self) -> None:
        """Hands over everything that waits; the transport keeps what the kernel does not take."""
        data = b"".join(data for data, _ in self._outbox)
        self._outbox.clear()
        self._size = 0
        if data:
            self._transport.write(data)

    def _encoded(self, text: str) -> bytes:
        return wire(text.replace("\r\n", "\n"), self.form.encoding)
