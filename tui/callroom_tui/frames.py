"""Frames as the wire inspector keeps them: what passed, when, and how the socket's operations cut it.

Secrets are masked before a frame is kept: the tokens with which one comes back, and what the robot asked for
with `secret`. A mask is as long as what it hides, so that the length header stays true.
"""

import re
import time
from collections import OrderedDict

import msgspec

from callroom_client.events import FramePassed
from callroom_tui.lines import shown
from callroom_tui.texts import CUT_ALONE, CUT_RECV, CUT_SEND, CUT_SPLIT, CUT_STUCK
from callroom_words.words import Lang

MAX_FRAMES = 5_000
"""So many frames are kept; of more, the oldest go."""
MAX_OPERATIONS = 4_096
"""So many operations are remembered for which frames they carried."""
HEADER = 4
"""Bytes of a frame's length (docs/protocol.md)."""
DUMPED = 1_024
"""Bytes of a frame that are shown in hexadecimal; a longer one says how many there are."""
PRETTY = 8_192
"""Bytes of JSON that are laid out."""

_KIND = re.compile(rb'"type":"([a-z_]{1,40})"').search
_TOKEN = re.compile(rb'"token"\s*:\s*"((?:[^"\\]|\\.)*)"')
_TEXT = re.compile(rb'"text"\s*:\s*"((?:[^"\\]|\\.)*)"')


class Frame(msgspec.Struct, frozen=True):
    """One frame. `at` is Unix seconds; `data` has its header, and its secrets masked."""

    number: int
    at: float
    outgoing: bool
    kind: str
    data: bytes
    pieces: tuple[tuple[int, int], ...]


class Frames:
    """The frames that have passed since the inspector was opened."""

    def __init__(self) -> None:
        self.kept: list[Frame] = []
        self.count = 0
        self._carried: OrderedDict[tuple[bool, int], list[int]] = OrderedDict()

    def add(self, event: FramePassed, secret: bool, offset: float) -> Frame:
        """Keeps a frame.

        Args:
            event: what passed.
            secret: the robot has asked for something that nobody should see.
            offset: what to add to the event's monotonic time for Unix seconds.
        """
        self.count += 1
        found = _KIND(event.data, HEADER, HEADER + 200) or _KIND(event.data, HEADER)
        kind = found[1].decode() if found else "chunk" if event.data[HEADER : HEADER + 1] == b"\x01" else "?"
        data = masked(event.data, secret and event.outgoing and kind == "press")
        frame = Frame(self.count, event.at + offset, event.outgoing, kind, data, event.pieces)
        self.kept.append(frame)
        if len(self.kept) > MAX_FRAMES + MAX_FRAMES // 10:
            del self.kept[:-MAX_FRAMES]
        for operation, _ in event.pieces:
            self._carried.setdefault((event.outgoing, operation), []).append(self.count)
        while len(self._carried) > MAX_OPERATIONS:
            self._carried.popitem(last=False)
        return frame

    def neighbours(self, frame: Frame) -> list[int]:
        """The numbers of other frames that came or went in the same operations."""
        found = {
            number
            for operation, _ in frame.pieces
            for number in self._carried.get((frame.outgoing, operation), ())
        }
        return sorted(found - {frame.number})

    def cut(self, frame: Frame, lang: Lang) -> str:
        """How recv or send cut it, in words: whole, split, or stuck to others."""
        verb = (CUT_SEND if frame.outgoing else CUT_RECV).say(lang)
        pieces = " + ".join(f"{verb} #{operation}: {count} B" for operation, count in frame.pieces)
        said = CUT_SPLIT.say(lang, count=len(frame.pieces)) if len(frame.pieces) > 1 else CUT_ALONE.say(lang)
        if others := self.neighbours(frame):
            near = ", ".join(f"{number}" for number in others[:8]) + (" …" if len(others) > 8 else "")
            stuck = CUT_STUCK.say(lang, numbers=near)
            said = f"{said} · {stuck}" if len(frame.pieces) > 1 else stuck
        return f"{said}\n{pieces}"


def masked(data: bytes, secret: bool) -> bytes:
    """The bytes with what is secret in them as stars, as many as there were bytes."""
    if b'"token"' in data:
        data = _TOKEN.sub(_stars, data)
    return _TEXT.sub(_stars, data) if secret else data


def _stars(found: re.Match[bytes]) -> bytes:
    start, end = found.start(1) - found.start(), found.end(1) - found.start()
    return found[0][:start] + b"*" * (end - start) + found[0][end:]


def stamp(at: float) -> str:
    """A time to the millisecond."""
    thousandths = round(at * 1000)
    return time.strftime("%H:%M:%S", time.localtime(thousandths // 1000)) + f".{thousandths % 1000:03}"


def summary(frame: Frame) -> str:
    """A frame in a line, without its time: its JSON as far as there is room, made harmless."""
    return shown(frame.data[HEADER:400].decode("utf-8", "replace"))


def dump(frame: Frame, width: int = 16) -> list[tuple[str, str, str]]:
    """Rows of an offset, bytes in hexadecimal, and the same as ASCII."""
    rows: list[tuple[str, str, str]] = []
    for at in range(0, min(len(frame.data), DUMPED), width):
        row = frame.data[at : at + width]
        letters = "".join(chr(byte) if 32 <= byte < 127 else "·" for byte in row)
        rows.append((f"{at:04x}", row.hex(" ").ljust(3 * width - 1), letters))
    return rows


def pretty(frame: Frame) -> str:
    """The frame's JSON laid out, or nothing if it is none."""
    body = frame.data[HEADER:]
    if len(body) > PRETTY:
        return ""
    try:
        return shown(msgspec.json.format(body, indent=2).decode("utf-8", "replace"), multiline=True)
    except msgspec.DecodeError:
        return ""


def written(frames: Frames, chosen: list[Frame], lang: Lang) -> str:
    """Frames as a text file has them."""
    parts: list[str] = []
    for frame in chosen:
        arrow = "->" if frame.outgoing else "<-"
        parts.append(f"#{frame.number} {stamp(frame.at)} {arrow} {frame.kind}, {len(frame.data)} B")
        parts.append(frames.cut(frame, lang))
        parts += [f"  {at}  {hexed}  {letters}" for at, hexed, letters in dump(frame)]
        parts += [pretty(frame), ""]
    return "\n".join(parts)
