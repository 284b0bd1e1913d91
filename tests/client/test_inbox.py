"""The inbox: one wake for many events; a link waits for a slow reader, and not for one who has left."""

import threading

from callroom_client.events import RoundTrip
from callroom_client.inbox import EVENTS_WAITING, Inbox
from house_support import wait_until


def test_one_wake_for_many() -> None:
    wakes: list[None] = []
    inbox = Inbox(lambda: wakes.append(None))
    events = [RoundTrip(at=n, seconds=n) for n in range(5)]
    for event in events:
        inbox.put(event)
    assert len(wakes) == 1
    assert inbox.take(3) == events[:3]
    assert inbox.take(3) == events[3:]
    inbox.put(events[0])
    assert len(wakes) == 2


def test_a_full_inbox_holds_the_link_until_there_is_room_or_nobody_reads() -> None:
    inbox = Inbox(lambda: None)
    put: list[int] = []

    def flood() -> None:
        for number in range(EVENTS_WAITING + 10):
            inbox.put(RoundTrip(at=number, seconds=0))
            put.append(number)

    link = threading.Thread(target=flood)
    link.start()
    wait_until(lambda: len(put) == EVENTS_WAITING)
    assert len(inbox.take(4)) == 4
    wait_until(lambda: len(put) == EVENTS_WAITING + 4)
    inbox.close()
    link.join(30)
    assert len(put) == EVENTS_WAITING + 10
