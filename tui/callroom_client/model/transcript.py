"""A place's transcript: every entry once and in order, whatever order it came in, and what is missing.

The server sends the entries of a place in order, so that everything above the cursor (the last one it sent)
will still come by itself. What is missing at or below the cursor is a hole, and can be asked for. Notes stay
behind what they were seen behind. Lines of one's own stand at the end until they are stored.

A stream may begin anew under the same name: another person of that name, or a house with an empty ledger. It
is told by an entry that contradicts a known one, or comes from below the cursor where nothing is missing, or
by a head below the cursor. Then what is there stays above, and counting begins behind it.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import overload

from callroom_client.model.changes import Gathering
from callroom_client.model.entries import Entry, Hole, Line, Note, Own, Way, What

MAX_ENTRIES = 100_000
"""Entries of one place that are kept; of more, the oldest go, and can be asked for again."""
PRUNED = MAX_ENTRIES // 20
"""So many go at once, because cutting off the head of a list moves all the rest."""


class Transcript(Sequence[Entry]):
    """The entries of one place. Reading is a sequence's; only `Place` and `Model` change it.

    `cursor` is the last seq that the server has sent, `floor` the one before which nothing was sent: what is
    older has to be asked for. `begun` is true once nothing older is kept.
    """

    __slots__ = (
        *("_gathering", "_holes", "_keys", "_owns", "_past", "_rest"),
        *("begun", "cursor", "floor", "name"),
    )

    def __init__(self, name: str, gathering: Gathering) -> None:
        self.name = name
        self.cursor = 0
        self.floor = 0
        self.begun = False
        self._gathering = gathering
        self._rest: list[Entry] = []
        self._keys: list[int] = []  # of each the last seq it stands for; of a note, that of its forerunner
        self._owns: list[Own] = []
        self._past = 0  # so many entries are of an earlier stream
        self._holes: list[Hole] | None = []  # those that can be asked for; None: to be looked for

    def __len__(self) -> int:
        return len(self._rest) + len(self._owns)

    @overload
    def __getitem__(self, index: int) -> Entry: ...

    @overload
    def __getitem__(self, index: slice) -> list[Entry]: ...

    def __getitem__(self, index: int | slice) -> Entry | list[Entry]:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        if index < 0:
            index += len(self)
        if index < len(self._rest):
            return self._rest[index]
        return self._owns[index - len(self._rest)]

    def __iter__(self) -> Iterator[Entry]:
        yield from self._rest
        yield from self._owns

    # --- what a view may ask ------------------------------------------------------------------------------

    @property
    def last(self) -> int:
        """The greatest seq there is, or 0."""
        return self._keys[-1] if len(self._keys) > self._past else 0

    @property
    def oldest(self) -> int:
        """The seq before which to ask for older entries; 0: the newest ones."""
        for entry in self._rest[self._past :]:
            if isinstance(entry, Line):
                return entry.seq
        return self.floor + 1 if self.floor else 0

    @property
    def owns(self) -> tuple[Own, ...]:
        """Lines of one's own that are not stored yet."""
        return tuple(self._owns)

    def holes(self) -> Sequence[Hole]:
        """What is missing and can be asked for, the oldest first."""
        if self._holes is None:
            rest = self._rest[self._past :]
            self._holes = [entry for entry in rest if isinstance(entry, Hole) and not entry.lost]
        return self._holes

    def line(self, seq: int) -> Line | None:
        """The entry with this seq, if it is here."""
        index = self._index(seq)
        entry = self._rest[index] if index < len(self._rest) else None
        return entry if isinstance(entry, Line) and entry.seq == seq else None

    def after(self, seq: int) -> Iterator[Line]:
        """The lines after this seq, from the newest back."""
        for index in range(len(self._rest) - 1, self._past - 1, -1):
            if self._keys[index] <= seq:
                return
            entry = self._rest[index]
            if isinstance(entry, Line):
                yield entry

    def since(self, seq: int) -> list[Entry]:
        """What stands after this seq, but the lines of one's own that are not stored."""
        return self._rest[self._index(seq + 1) :]

    # --- what the server tells ----------------------------------------------------------------------------

    def came(self, line: Line) -> bool:
        """Takes in a line as the server sends them, one after another; False if it was known."""
        seq = line.seq
        if not self._owns and seq == self.cursor + 1 and seq > self.last > 0:  # a good day
            self.cursor = seq
            self._gathering.splice(self.name, len(self._rest), 0, [line])
            self._rest.append(line)
            self._keys.append(seq)
            if len(self._rest) > MAX_ENTRIES + PRUNED:
                self._prune()
            return True
        known = self.line(seq)
        if known is not None and not _same(known, line):
            self.begin_anew(0)
            known = None
        elif known is None and seq <= self.cursor and not self._missing(seq):
            self.begin_anew(0)
        if not self.cursor and not self.last:
            self._begin(seq - 1)
        self.cursor = max(self.cursor, seq)
        if known is not None:
            self._refresh(known, line)
            return False
        self._place([line])
        return True

    def joined(self, seen: int, head: int) -> None:
        """The server goes on after `seen`; what is missing up to there will not come by itself."""
        if head < self.cursor:
            self.begin_anew(seen)
        elif not self.cursor and not self.last:
            self._begin(seen)
        elif seen > self.cursor:
            self._advance(seen)
        else:  # what is known comes again
            self.cursor, self.floor = seen, min(self.floor, seen)

    def page(self, lines: Sequence[Line]) -> list[Line]:
        """Takes in lines that were asked for, in order; gives those that are new."""
        new: list[Line] = []
        for line in lines:
            known = self.line(line.seq)
            if known is None:
                new.append(line)
            else:
                self._refresh(known, line)
        run: list[Line] = []
        for line in new:
            if run and line.seq != run[-1].seq + 1:
                self._place(run)
                run = []
            run.append(line)
        if run:
            self._place(run)
        return new

    def lost(self, first: int, last: int) -> None:
        """These entries are no longer kept: their holes are there for good."""
        if first > last:
            return
        if last > self.cursor:
            self._advance(last)
        index = self._index(first)
        while index < len(self._rest):
            entry = self._rest[index]
            if isinstance(entry, Hole) and entry.first <= last:
                if not entry.lost:
                    gone = Hole(max(entry.first, first), min(entry.last, last), lost=True)
                    self._replace(index, _parts(entry, gone, [gone]))
            elif not isinstance(entry, Note) and self._keys[index] > last:
                return
            index += 1

    def begin_anew(self, seen: int) -> None:
        """Another stream begins under this name; what is there is past."""
        if len(self._rest) > self._past:
            self._past = len(self._rest)
            self.note(Note(What.BEGUN_ANEW, 0))
            self._past = len(self._rest)
            self._holes = []
        self._begin(seen)

    def note(self, note: Note) -> None:
        """Something happened."""
        key = max(self.last, self.cursor)
        self._splice(len(self._rest), 0, [note], [key])
        if len(self._rest) > MAX_ENTRIES + PRUNED:
            self._prune()

    def clear(self) -> None:
        """Forgets everything but the lines that wait; what comes next is the oldest."""
        self._splice(0, len(self._rest), [], [])
        self._past = 0
        self.floor = self.cursor
        self.begun = False

    # --- lines of one's own -------------------------------------------------------------------------------

    def own(self, own: Own) -> None:
        """A line of one's own, new or in another state; they stand by id."""
        ids = [one.id for one in self._owns]
        at = bisect_left(ids, own.id)
        known = at < len(ids) and ids[at] == own.id
        if known and self._owns[at] == own:
            return
        self._owns[at : at + known] = [own]
        self._gathering.splice(self.name, len(self._rest) + at, int(known), [own])

    def own_line(self, number: int) -> Own | None:
        """The line of one's own with this id, as long as it is not stored."""
        return next((own for own in self._owns if own.id == number), None)

    def own_like(self, text: str, seq: int) -> Own | None:
        """The oldest line of one's own with this text that may have been stored with this seq."""
        for own in self._owns:
            if own.text == text and own.after < seq and own.way is not Way.FAILED:
                return own
        return None

    def drop_own(self, number: int) -> None:
        """The line is stored, or need not be shown."""
        for at, own in enumerate(self._owns):
            if own.id == number:
                del self._owns[at]
                self._gathering.splice(self.name, len(self._rest) + at, 1, [])
                return

    def stored(self, line: Line) -> None:
        """A line of one's own has this seq, as its acknowledgement says; the entry itself may come later."""
        if self.line(line.seq) is None:
            self._place([line])

    # --- keeping order ------------------------------------------------------------------------------------

    def _begin(self, seen: int) -> None:
        self.cursor = self.floor = seen
        self.begun = not seen

    def _index(self, seq: int) -> int:
        """Where the first entry stands that reaches up to `seq` or beyond."""
        return bisect_left(self._keys, seq, self._past)

    def _missing(self, seq: int) -> bool:
        """Whether this seq lies in a hole, or before the oldest line."""
        index = self._index(seq)
        entry = self._rest[index] if index < len(self._rest) else None
        return isinstance(entry, Hole) and entry.first <= seq

    def _place(self, run: list[Line]) -> None:
        """Puts in lines with consecutive seqs, of which none is known."""
        while run:
            first = run[0].seq
            index = self._index(first)
            entry = self._rest[index] if index < len(self._rest) else None
            if isinstance(entry, Hole) and entry.first <= first:
                count = min(len(run), entry.last - first + 1)
                filled = Hole(first, first + count - 1)
                self._replace(index, _parts(entry, filled, run[:count]))
            else:
                until = None if entry is None else _first(entry) or self._keys[index] + 1
                count = len(run) if until is None else min(len(run), until - first)
                self._insert(index, run[:count], until)
            del run[:count]

    def _insert(self, index: int, run: list[Line], until: int | None) -> None:
        """Puts in lines between two entries, with holes where something between them should be here."""
        first, last = run[0].seq, run[-1].seq
        before = self._keys[index - 1] if index > self._past else min(self.floor, first - 1)
        after = self.cursor if until is None else until - 1
        added: list[Entry] = list(run)
        if before + 1 <= (end := min(first - 1, self.cursor)):
            added.insert(0, Hole(before + 1, end))
        if last + 1 <= (end := min(after, self.cursor)):
            added.append(Hole(last + 1, end))
        self._splice(index, 0, added, [_last(entry) for entry in added])

    def _advance(self, seen: int) -> None:
        """The cursor jumps: what is missing up to there are holes from now on."""
        start = self._index(self.cursor + 1)
        reached = self.cursor
        self.cursor = seen
        tail: list[Entry] = []
        keys: list[int] = []
        for entry, key in zip(self._rest[start:], self._keys[start:], strict=True):
            if not isinstance(entry, Note):
                if reached < (end := min(_first(entry) - 1, seen)):
                    tail.append(Hole(reached + 1, end))
                    keys.append(end)
                reached = max(reached, key)
            tail.append(entry)
            keys.append(key)
        if reached < seen:
            tail.append(Hole(reached + 1, seen))
            keys.append(seen)
        self._splice(start, len(self._rest) - start, tail, keys)

    def _refresh(self, known: Line, line: Line) -> None:
        """A line of one's own comes back with its time."""
        if not known.at and line.at:
            self._replace(self._index(known.seq), [line])

    def _replace(self, index: int, entries: Sequence[Entry]) -> None:
        self._splice(index, 1, list(entries), [_last(entry) for entry in entries])

    def _splice(self, index: int, removed: int, added: list[Entry], keys: list[int]) -> None:
        if removed or added:
            self._holes = None
            self._rest[index : index + removed] = added
            self._keys[index : index + removed] = keys
            self._gathering.splice(self.name, index, removed, list(added))

    def _prune(self) -> None:
        count = len(self._rest) - MAX_ENTRIES
        if count > self._past:
            self.floor = max(self.floor, self._keys[count - 1])
            self.begun = False
        self._past = max(self._past - count, 0)
        self._splice(0, count, [], [])


def _same(known: Line, line: Line) -> bool:
    """Whether both are the same entry; of a line of one's own only the seq is known at first."""
    return not known.at or (known.at == line.at and known.text == line.text)


def _first(entry: Entry) -> int:
    """The first seq that an entry stands for; of a note none, 0."""
    return entry.first if isinstance(entry, Hole) else entry.seq if isinstance(entry, Line) else 0


def _last(entry: Entry) -> int:
    """The last seq that an entry stands for, likewise."""
    return entry.last if isinstance(entry, Hole) else entry.seq if isinstance(entry, Line) else 0


def _parts(hole: Hole, filled: Hole, lines: Sequence[Entry]) -> list[Entry]:
    """A hole with a part of it filled."""
    parts: list[Entry] = list(lines)
    if hole.first < filled.first:
        parts.insert(0, Hole(hole.first, filled.first - 1, hole.lost))
    if filled.last < hole.last:
        parts.append(Hole(filled.last + 1, hole.last, hole.lost))
    return parts
