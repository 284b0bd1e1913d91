"""The one way into the screen: everything once and in order, and whoever waits is let go."""

import asyncio
import threading
from collections.abc import Sequence

from callroom_tui.feed import AT_ONCE, MOST_WAITING, Feed
from house_support import PATIENCE


class Taken:
    """Takes batches, and waits for so many events."""

    def __init__(self) -> None:
        self.events: list[int] = []
        self.sizes: list[int] = []
        self.threads: set[int] = set()

    def __call__(self, batch: Sequence[int]) -> None:
        self.events += batch
        self.sizes.append(len(batch))
        self.threads.add(threading.get_ident())

    async def until(self, count: int) -> None:
        async with asyncio.timeout(PATIENCE):
            while len(self.events) < count:
                await asyncio.sleep(0.001)


async def test_what_threads_put_in_comes_out_once_and_in_order() -> None:
    taken = Taken()
    feed = Feed[int](taken)
    feed.put(0)  # before anyone takes it
    feed.open()

    def run(start: int) -> None:
        for number in range(start, 40_000, 4):
            feed.put(number)

    threads = [threading.Thread(target=run, args=(start,)) for start in (1, 2, 3, 4)]
    for thread in threads:
        thread.start()
    await taken.until(40_000)
    for thread in threads:
        thread.join(PATIENCE)
    assert sorted(taken.events) == list(range(40_000))
    assert taken.events[0] == 0
    for start in (1, 2, 3, 4):  # each thread's own are in order
        own = [number for number in taken.events if number and number % 4 == start % 4]
        assert own == sorted(own)
    assert max(taken.sizes) <= AT_ONCE
    assert taken.threads == {threading.get_ident()}
    feed.close()


async def test_one_event_wakes_the_loop_and_so_does_the_next() -> None:
    taken = Taken()
    feed = Feed[int](taken)
    feed.open()
    for number in range(5):
        thread = threading.Thread(target=feed.put, args=(number,))
        thread.start()
        await taken.until(number + 1)
        thread.join(PATIENCE)
    assert taken.events == list(range(5))
    feed.close()


async def test_whoever_puts_in_too_much_waits_until_there_is_room() -> None:
    taken = Taken()
    feed = Feed[int](taken)
    for number in range(MOST_WAITING):
        feed.put(number)
    thread = threading.Thread(target=feed.put, args=(MOST_WAITING,))
    thread.start()
    assert thread.is_alive()
    assert not taken.events
    feed.open()
    await taken.until(MOST_WAITING + 1)
    thread.join(PATIENCE)
    assert taken.events == list(range(MOST_WAITING + 1))
    feed.close()


async def test_a_feed_that_closes_lets_everyone_go_and_hands_on_nothing() -> None:
    taken = Taken()
    feed = Feed[int](taken)
    for number in range(MOST_WAITING):
        feed.put(number)
    threads = [threading.Thread(target=feed.put, args=(-1,)) for _ in range(3)]
    for thread in threads:
        thread.start()
    feed.close()
    for thread in threads:
        thread.join(PATIENCE)
        assert not thread.is_alive()
    feed.open()
    later = Taken()
    other = Feed[int](later)
    other.open()
    other.put(1)
    await later.until(1)  # by then the first would have handed on what it had
    assert taken.events == []
    other.close()


def test_events_after_the_loops_end_hurt_nobody() -> None:
    taken = Taken()
    feed = Feed[int](taken)

    async def live() -> None:
        feed.open()
        feed.put(1)
        await taken.until(1)

    asyncio.run(live())
    feed.put(2)
    feed.put(3)
    assert taken.events == [1]
    feed.close()
