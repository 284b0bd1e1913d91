"""Remote command: a runbook's name and arguments in, its length and its output out, over TCP and UDP.

The request is text without framing; the answer is `struct.pack('i', n)` and n bytes of output in GBK, or in
what `?encoding=` says; in a datagram it is the output alone. There is no shell behind it.
"""

import shlex
import struct
from collections import deque
from collections.abc import Callable

from callroom_server.codecs.encodings import decode, encode, find_encoding
from callroom_server.core import texts
from callroom_server.core.runbooks import Over, ending
from callroom_server.protocols.entries import Entries
from callroom_server.protocols.lesson import Answer, Lab, LessonError, Listen, Run, Stream, Talk
from callroom_wire.address import Address
from callroom_wire.errors import Refused

SCHEME = "command"
OPTIONS = {"encoding": "gbk"}

HEADER = struct.Struct("i")
"""The tutorial's header: the machine's own int, little-endian wherever Callroom runs today."""

NOTHING = "执行成功"
"""The tutorial's answer for a command that ends well and writes nothing, whatever the language."""

PIECE_BYTES = 64 * 1024
"""What is handed to the transport at once of an answer."""

WAITING = 16
"""Requests of one connection that wait for the one that runs; then no more is read."""


class Order:
    """One request: runs its runbook and makes one answer of what it writes, in the order in which it came."""

    def __init__(self, lab: Lab, encoding: str, done: Callable[[bytes], object]) -> None:
        self._lab = lab
        self._encoding = encoding
        self._done = done
        self._output = bytearray()
        self._run: Run | None = None

    def begin(self, request: bytes, address: str) -> None:
        """Asks for the run; what may not be is answered like output."""
        text = decode(request, "utf-8")
        if not isinstance(text, str):  # a terminal in GBK sends what it answers in
            text = decode(request, self._encoding)
        if not isinstance(text, str):
            self._answer(self._sentence("command_unreadable", reason=text.reason))
            return
        try:
            words = shlex.split(text)
        except ValueError:
            self._answer(self._sentence("command_quotes"))
            return
        name, *args = words or [""]
        try:
            self._run = self._lab.run(name, args, SCHEME, address, self)
        except Refused as fault:
            self.refused(fault)

    def cancel(self) -> None:
        """Nobody waits for the answer any more."""
        if self._run is not None:
            self._run.cancel()

    def output(self, channel: int, data: bytes) -> None:
        """The program wrote this: both channels are one here, as in the tutorial."""
        self._output += data

    def over(self, over: Over) -> None:
        """The program has ended."""
        assert self._run is not None
        runbook = self._run.ready.runbook
        note = ending(self._lab.lang, over, runbook.seconds, runbook.output_bytes)
        text = self._output.decode("utf-8", "backslashreplace")
        if note:
            text += f"{'' if text.endswith(chr(10)) or not text else chr(10)}{note}\n"
        self._answer(text or NOTHING)

    def refused(self, fault: Refused) -> None:
        """It may not be."""
        self._answer("\n".join(texts.sentence(self._lab.lang, fault.code, fault.params)) + "\n")

    def _sentence(self, code: str, **params: str | int) -> str:
        return texts.word(self._lab.lang, code, **params) + "\n"

    def _answer(self, text: str) -> None:
        self._done(encode(text, self._encoding))


class Command(Stream):
    """Answers one request after the other."""

    lesson = SCHEME

    def __init__(self, lab: Lab, encoding: str) -> None:
        super().__init__(lab)
        limits = lab.limits
        self._encoding = encoding
        self._waiting: deque[bytes | None] = deque()
        self._order: Order | None = None
        self._unsent = memoryview(b"")
        self._over = False
        self._entries = Entries(limits.line_bytes, limits.lab_entry_seconds, lab.call_later, self._asked)

    @property
    def busy(self) -> bool:
        """Whether a program runs: it may write nothing for as long as its own limit allows."""
        return self._order is not None

    def taken(self, data: bytes) -> None:
        """A request, or a piece of one, or several."""
        self._entries.feed(data)

    def ended(self) -> None:
        """Everything asked is answered, then it closes."""
        self._entries.rest()
        self._over = True
        self._next()

    def writable(self) -> None:
        """What was written has left: the rest of the answer follows, then the next request's."""
        self._push()

    def gone(self) -> None:
        """Nobody waits for an answer."""
        self._over = True
        self._entries.stop()
        self._waiting.clear()
        if self._order is not None:
            self._order.cancel()

    def _asked(self, request: bytes | None) -> None:
        if self._over:  # what came behind a request that is refused by closing is not run
            return
        if request is None or request.strip():
            self._waiting.append(request)
            self._next()
            if len(self._waiting) >= WAITING:
                self.transport.pause_reading()

    def _next(self) -> None:
        if self._order is not None or self._unsent:
            return
        if not self._waiting:
            if self._over:
                self.transport.close("ended")
            return
        request = self._waiting.popleft()
        if request is None:
            limit = self.lab.limits.line_bytes
            self._over = True
            self._waiting.clear()
            text = texts.word(self.lab.lang, "command_too_long", limit=limit)
            self._send(encode(text + "\n", self._encoding))
            return
        self._order = Order(self.lab, self._encoding, self._answered)
        self._order.begin(request, self.transport.peer)

    def _answered(self, output: bytes) -> None:
        self._order = None
        self._send(output)

    def _send(self, output: bytes) -> None:
        self._unsent = memoryview(HEADER.pack(len(output)) + output)  # cut without copying the rest each time
        self._push()

    def _push(self) -> None:
        """Writes as long as the kernel takes it: an answer may be longer than what a transport holds."""
        while self._unsent and not self.transport.congested:
            piece, self._unsent = self._unsent[:PIECE_BYTES], self._unsent[PIECE_BYTES:]
            self.transport.write(bytes(piece))
        if self._unsent or self.transport.closed:
            return
        if not self.transport.congested and len(self._waiting) < WAITING:
            self.transport.resume_reading()
        self._next()


def over_stream(lab: Lab, address: Address) -> Talk:
    """What serves connections."""
    encoding = _encoding(address)
    return lambda: Command(lab, encoding)


def over_datagrams(lab: Lab, address: Address) -> Listen:
    """What answers datagrams, each with one, cut at `lab_datagram_bytes` with a note."""
    encoding = _encoding(address)
    limit = lab.limits.lab_datagram_bytes

    def listen(data: bytes, peer: str, answer: Answer) -> None:
        note = encode("\n" + texts.word(lab.lang, "command_cut", limit=limit) + "\n", encoding)

        def done(output: bytes) -> None:
            if len(output) > limit:
                output = whole(output[: limit - len(note)], encoding) + note
            answer(output)

        if len(data) > lab.limits.line_bytes:
            text = texts.word(lab.lang, "command_too_long", limit=lab.limits.line_bytes)
            answer(encode(text + "\n", encoding))
        else:
            Order(lab, encoding, done).begin(data, peer)

    return listen


def whole(data: bytes, encoding: str) -> bytes:
    """The same without a character that is cut off at the end: of GBK at most one byte, of GB18030 three."""
    return data.decode(encoding, "ignore").encode(encoding)


def _encoding(address: Address) -> str:
    given = address.query.get("encoding", "gbk")
    encoding = find_encoding(given)
    if encoding is None:
        raise LessonError(f'{address}: there is no encoding "{given}": write gbk, gb18030 or utf-8')
    return encoding
