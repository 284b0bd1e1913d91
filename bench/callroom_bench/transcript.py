"""The one stream of entries that all members of a place must get, and each member's cursor into it. Pure.

A server encodes an entry once for everyone, so what two members of a place receive differs only in what is
addressed to one of them (acks, pings, presence). So the first to receive an entry writes it down, all others
are compared with that, at the speed of memcmp, and at the end the transcript alone is decoded and checked.
Every byte of every delivery is verified, and the cost of that does not grow with a Python loop over
deliveries.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Mapping
from struct import Struct

import msgspec

from callroom_bench.faults import Unfaithful
from callroom_wire.codec import decode_reply
from callroom_wire.frames import HEADER, MAX_FRAME
from callroom_wire.messages import Said, Told

NUMBER_DIGITS = 10

_length_at = Struct(">I").unpack_from
_is_entry = re.compile(rb'\{"type":"(?:said|told)"').match
_TEXT_HEAD = b'"text":"'
_FILLER = "The quick brown fox jumps over the lazy dog, again and again. "


class Line(msgspec.Struct, frozen=True, gc=False):
    """An entry as a transcript has it: where it stands, who said it, and the number its text begins with."""

    seq: int
    by: str
    number: int


def numbered_text(number: int, size: int) -> str:
    """A text of `size` bytes (at least the number's own 10) that begins with its number."""
    filler = _FILLER * (size // len(_FILLER) + 1)
    return f"{number:0{NUMBER_DIGITS}d} {filler}"[: max(size, NUMBER_DIGITS)]


def number_in(frame: bytes) -> int:
    """The number in the text of an entry's frame, found without decoding it."""
    start = frame.index(_TEXT_HEAD) + len(_TEXT_HEAD)
    return int(frame[start : start + NUMBER_DIGITS])


class Transcript:
    """The frames of a place's entries, one after the other, as the first member to receive them got them."""

    __slots__ = ("_starts", "data")

    def __init__(self) -> None:
        self.data = bytearray()
        self._starts: list[int] = []

    @property
    def count(self) -> int:
        """How many entries there are."""
        return len(self._starts)

    def append(self, frame: bytes) -> None:
        """Writes down the next entry."""
        self._starts.append(len(self.data))
        self.data += frame

    def entry_start(self, offset: int) -> int:
        """Where the entry begins within which `offset` lies; `offset` itself if between two."""
        at = bisect_right(self._starts, offset)
        if at == 0 or offset == len(self.data) or self._starts[at - 1] == offset:
            return offset
        return self._starts[at - 1]

    def entries_before(self, offset: int) -> int:
        """How many entries begin before `offset`."""
        return bisect_right(self._starts, offset - 1)

    def lines(self) -> list[Line]:
        """Decodes all entries.

        Raises:
            Unfaithful: something is not a line, or its text does not begin with a number.
        """
        lines: list[Line] = []
        for start, end in zip(self._starts, [*self._starts[1:], len(self.data)], strict=True):
            entry = decode_reply(bytes(self.data[start + HEADER : end]))
            if not isinstance(entry, Said | Told):
                raise Unfaithful(f"entry {len(lines) + 1} is {entry!r}, not a line")
            number = entry.text[:NUMBER_DIGITS]
            if not number.isdecimal():
                raise Unfaithful(f"seq {entry.seq} says {entry.text!r}, which nobody said")
            lines.append(Line(entry.seq, entry.by, int(number)))
        return lines

    def check(self, said: Mapping[str, int], acked: Mapping[str, Mapping[int, int]] | None = None) -> None:
        """Checks that each author's lines are there with the numbers from 1 to `said[author]`, in order.

        Seqs must run from 1 without a gap, and each ack (`acked[author][number]`) must name the seq its line
        really has.

        Raises:
            Unfaithful: something was lost, doubled, out of order, or acknowledged as something else.
        """
        last = dict.fromkeys(said, 0)
        for expected, line in enumerate(self.lines(), 1):
            if line.seq != expected:
                raise Unfaithful(f"seq {line.seq} came where {expected} was due")
            if line.by not in last:
                raise Unfaithful(f"seq {line.seq} is by {line.by!r}, who said nothing")
            last[line.by] += 1
            if line.number != last[line.by]:
                raise Unfaithful(
                    f"seq {line.seq}: {line.by}'s line {line.number} came where {last[line.by]} was due"
                )
            if acked is not None and acked[line.by].get(line.number) != line.seq:
                told = acked[line.by].get(line.number)
                raise Unfaithful(
                    f"{line.by}'s line {line.number} has seq {line.seq} and was acknowledged as {told}"
                )
        if last != dict(said):
            raise Unfaithful(f"{sum(last.values())} lines came of {sum(said.values())} that were said")


class Cursor:
    """How far one member's stream agrees with the transcript of its place."""

    __slots__ = ("offset", "pending", "transcript", "watch")

    def __init__(self, transcript: Transcript) -> None:
        self.transcript = transcript
        self.offset = 0
        self.pending = b""
        """The beginning of a frame that is not in the transcript yet."""
        self.watch: Callable[[bytes], None] | None = None
        """Called with the frame of each entry; without it, known entries are compared many at a time."""

    @property
    def entries(self) -> int:
        """How many complete entries this member has got."""
        return self.transcript.entries_before(self.transcript.entry_start(self.offset))

    @property
    def level(self) -> bool:
        """Whether this member has everything that anybody has."""
        return self.offset == len(self.transcript.data) and not self.pending

    def skip(self, data: memoryview) -> bool:
        """Takes `data` if just that comes next in the transcript; False, and takes nothing, if not."""
        if self.pending or self.watch is not None or not self.transcript.data.startswith(data, self.offset):
            return False
        self.offset += len(data)
        return True

    def feed(self, data: bytes) -> list[bytes]:
        """Takes what has arrived; returns the bodies of the frames that are not entries.

        Raises:
            Unfaithful: an entry is not the one that another member got there.
        """
        if self.pending:
            data = self.pending + data
            self.pending = b""
        else:
            # What `skip` took of an unfinished entry was equal to it, so it is what this member received.
            start = self.transcript.entry_start(self.offset)
            data = bytes(self.transcript.data[start : self.offset]) + data
            self.offset = start
        others: list[bytes] = []
        at = 0
        compare = (
            True  # all that follows at once: worth a try at first, and after a frame for this member alone
        )
        while at < len(data):
            if compare:
                at += self._skip_known(data, at)
            end = _frame_end(data, at)
            if end > len(data):
                self.pending = data[at:]
                break
            if end == at:
                break
            if _is_entry(data, at + HEADER):
                self._take_entry(data[at:end])
                compare = False
            else:
                compare = True
                others.append(data[at + HEADER : end])
            at = end
        return others

    def _skip_known(self, data: bytes, at: int) -> int:
        known = min(len(self.transcript.data) - self.offset, len(data) - at)
        if known and self.skip(memoryview(data)[at : at + known]):
            return known
        return 0

    def _take_entry(self, frame: bytes) -> None:
        transcript = self.transcript
        if self.offset == len(transcript.data):
            transcript.append(frame)
        elif not transcript.data.startswith(frame, self.offset):
            other = bytes(transcript.data[self.offset : self.offset + len(frame)])
            raise Unfaithful(
                f"after {self.entries} entries a member got {frame!r} where another got {other!r}"
            )
        self.offset += len(frame)
        if self.watch is not None:
            self.watch(frame)


def _frame_end(data: bytes, at: int) -> int:
    """Where the frame at `at` ends: `at` itself if nothing is left, beyond the data if it is incomplete."""
    if at == len(data):
        return at
    if len(data) - at < HEADER:
        return len(data) + 1
    (length,) = _length_at(data, at)
    if not 0 < length <= MAX_FRAME:
        raise Unfaithful(f"a frame announces {length} bytes")
    return at + HEADER + length
