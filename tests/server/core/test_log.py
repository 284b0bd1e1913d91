"""Readers of a log: whatever their cursors, each gets every entry, once and in order, and shares bytes."""

from hypothesis import given
from hypothesis import strategies as st

from callroom_server.core.log import PART, Log

EVER = 1 << 40


class Plain:
    """Entries as `place seq event;`."""

    def encode(self, place: str, seq: int, event: bytes) -> bytes:
        return b"%b %d %b;" % (place.encode(), seq, event)


PLAIN = Plain()


def entries(first: int, last: int, size: int = 1) -> bytes:
    return b"".join(PLAIN.encode("a", seq, b"x" * size) for seq in range(first, last + 1))


def extended(log: Log, counts: list[int], size: int = 1) -> None:
    for count in counts:
        log.extend([b"x" * size] * count)


@given(
    counts=st.lists(st.integers(1, 4), min_size=1, max_size=12),
    readers=st.lists(st.tuples(st.integers(0, 12), st.integers(0, 40)), max_size=6),
    limit=st.integers(1, 60),
)
def test_each_reader_gets_everything_once_and_in_order(
    counts: list[int], readers: list[tuple[int, int]], limit: int
) -> None:
    log = Log("a", 0, 1_000, EVER)
    began: dict[int, int] = {}
    cursors: dict[int, int] = {}
    got = [b""] * len(readers)
    for step, count in enumerate(counts):
        extended(log, [count])
        for number, (since, start) in enumerate(readers):
            if since > step:
                continue
            began.setdefault(number, min(start, log.head))
            cursor = cursors.get(number, began[number])
            while cursor < log.head:
                data, cursor = log.read(cursor, PLAIN, limit)
                got[number] += data
            cursors[number] = cursor
            assert got[number] == entries(began[number] + 1, log.head)


def test_readers_far_behind_come_to_share_the_same_bytes() -> None:
    log = Log("a", 0, 10 * PART, EVER)
    extended(log, [PART * 3])
    one, cursor = log.read(5, PLAIN, EVER)
    other, same = log.read(900, PLAIN, EVER)
    assert cursor == same == PART
    assert one == entries(6, PART)
    assert other == entries(901, PART)
    assert log.read(cursor, PLAIN, EVER)[0] is log.read(same, PLAIN, EVER)[0]


def test_one_entry_is_given_even_beyond_the_limit_of_bytes() -> None:
    log = Log("a", 0, 10, EVER)
    extended(log, [1, 1], size=500)
    data, cursor = log.read(0, PLAIN, 100)
    assert (data, cursor) == (entries(1, 1, 500), 1)
    assert log.read(cursor, PLAIN, 100) == (entries(2, 2, 500), 2)


def test_what_everyone_has_passed_is_let_go_and_the_rest_is_read_as_before() -> None:
    log = Log("a", 0, 4, EVER)
    extended(log, [1] * 9)
    assert log.long
    assert log.read(6, PLAIN, EVER) == (entries(7, 9), 9)
    log.trim(needed=6)
    assert (log.first, log.retains(5), log.retains(4)) == (6, True, False)
    extended(log, [1])
    assert log.read(9, PLAIN, EVER) == (entries(10, 10), 10)
    assert log.read(5, PLAIN, EVER) == (entries(6, 10), 10)


def test_a_place_that_is_called_otherwise_is_shown_so() -> None:
    log = Log("a", 0, 4, EVER)
    extended(log, [1])
    assert log.read(0, PLAIN, EVER) == (b"a 1 x;", 1)
    log.rename("b")
    assert log.read(0, PLAIN, EVER) == (b"b 1 x;", 1)
