"""One log of a place, many cursors: entries are encoded once, and readers at one cursor share bytes."""

from bisect import bisect_left, bisect_right
from itertools import accumulate

from callroom_server.core.effects import Format

PART = 1_600
"""A reader who is far behind is served up to the next multiple of so many entries: then all who are behind
come to stand at the same cursors, and share the joined bytes instead of having them joined for each.

So many lines of 64 characters are about 256 KiB. A send of 80 KiB costs more for each byte: it leaves
in one segment of 64 KiB, the largest that there is, and a small one behind it.
"""


class Log:
    """The retained tail of a place: entries `first` to `head`.

    A cursor is the seq of the last entry its reader has. `read` is what a flush calls for each reader; those
    with the same cursor and format get the same bytes object.
    """

    __slots__ = (
        "_ends",
        "_entries",
        "_formats",
        "_parts",
        "_size",
        "_tails",
        "first",
        "head",
        "max_bytes",
        "max_entries",
        "place",
    )

    def __init__(self, place: str, head: int, max_entries: int, max_bytes: int) -> None:
        self.place = place
        self.head = head
        self.first = head + 1
        self.max_entries = max_entries
        self.max_bytes = max_bytes
        self._entries: list[bytes] = []
        self._ends: list[int] = []  # running total of bytes up to and with each entry; only differences count
        self._size = 0
        self._formats: dict[Format, list[bytes]] = {}
        self._parts: dict[tuple[Format, int], tuple[bytes, int]] = {}  # these end at a multiple of PART
        self._tails: dict[tuple[Format, int], tuple[bytes, int]] = {}  # and these at the head, until it moves

    def extend(self, events: list[bytes]) -> None:
        """Takes the next entries, from seq `head + 1` on."""
        self.head += len(events)
        self._entries += events
        if len(events) == 1:  # in a small room it always is
            self._size += len(events[0])
            self._ends.append(self._size)
        else:
            ends = list(accumulate(map(len, events), initial=self._size))
            self._size = ends[-1]
            self._ends += ends[1:]
        if self._tails:
            self._tails.clear()

    def rename(self, place: str) -> None:
        """The place is called otherwise from now on; what is encoded already is encoded anew."""
        self.place = place
        self._formats.clear()
        self._parts.clear()
        self._tails.clear()

    def read(self, cursor: int, form: Format, limit: int) -> tuple[bytes, int]:
        """Everything after `cursor` in this format, about `limit` bytes at most but one entry at least, and
        the new cursor.

        The cursor must be at least `first - 1`; what is older is in the ledger.
        """
        behind = self.head - cursor
        shared = self._tails if behind <= PART else self._parts
        joined = shared.get((form, cursor))
        if joined is None:
            encoded = self._encoded(form)
            if behind == 1:
                joined = shared[form, cursor] = encoded[-1], self.head
                return joined
            start = cursor + 1 - self.first
            before = self._ends[start - 1] if start else self._ends[0] - len(self._entries[0])
            fitting = max(bisect_right(self._ends, before + limit), start + 1)
            stop = min(fitting, start + (behind if behind <= PART else PART - cursor % PART))
            joined = shared[form, cursor] = b"".join(encoded[start:stop]), self.first + stop - 1
        return joined

    def retains(self, cursor: int) -> bool:
        """Whether a reader at this cursor can be served from here."""
        return cursor >= self.first - 1

    def _encoded(self, form: Format) -> list[bytes]:
        encoded = self._formats.get(form)
        if encoded is None:
            encoded = self._formats[form] = []
        done = len(encoded)
        if done < len(self._entries):
            place, encode = self.place, form.encode
            seq = self.first + done
            for event in self._entries[done:] if done else self._entries:
                encoded.append(encode(place, seq, event))
                seq += 1
        return encoded

    @property
    def long(self) -> bool:
        """Whether it is time to `trim`: at twice what is kept, so that the cost of an entry stays flat."""
        return len(self._entries) > 2 * self.max_entries

    def trim(self, needed: int) -> None:
        """Lets go of what nobody needs: all but the last `max_entries`, as far as every reader's cursor is
        past it.

        Args:
            needed: the lowest cursor of the readers; what is older goes all the same beyond `max_bytes`.
        """
        spare = len(self._entries) - self.max_entries
        passed = needed + 1 - self.first
        too_much = bisect_left(self._ends, self._size - self.max_bytes)
        drop = max(min(spare, passed), too_much)
        if drop <= 0:
            return
        del self._entries[:drop], self._ends[:drop]
        self.first += drop
        # A format that nobody has read lately lags behind; it starts anew rather than being kept in step.
        for form in [form for form, encoded in self._formats.items() if len(encoded) < drop]:
            del self._formats[form]
        for encoded in self._formats.values():
            del encoded[:drop]
        for key in [key for key in self._parts if key[1] < self.first - 1]:
            del self._parts[key]
