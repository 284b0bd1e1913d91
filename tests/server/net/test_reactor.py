"""The order of a pass, timers under a set clock, thread wake-ups, signals, and callbacks that raise."""

import os
import signal
import socket
import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callroom_server.net.reactor import READ, WRITE, Reactor, Timer
from net_support import Clock, House


def fail(text: str) -> None:
    raise ValueError(text)


def test_a_pass_runs_handlers_then_timers_then_calls_then_after_pass(house: House) -> None:
    ours, theirs = house.pair()
    house.keep(ours)
    told: list[str] = []
    reactor = house.reactor
    reactor.register(ours, READ, lambda events: told.append(f"handler {events}"))
    reactor.call_later(0, told.append, "timer")
    reactor.call_soon(told.append, "call")
    reactor.after_pass(lambda: told.append("after"))
    theirs.send(b"x")
    reactor.run_pass(0)
    assert told == [f"handler {READ}", "timer", "call", "after"]


def test_after_pass_is_left_out_when_nothing_was_called(house: House) -> None:
    told: list[str] = []
    house.reactor.after_pass(lambda: told.append("after"))
    house.reactor.run_pass(0)
    assert told == []
    house.reactor.call_soon(len, "x")
    house.reactor.run_pass(0)
    assert told == ["after"]


def test_calls_that_call_wait_for_the_next_pass(house: House) -> None:
    told: list[int] = []

    def again() -> None:
        told.append(house.reactor.passes)
        house.reactor.call_soon(again)
        house.reactor.call_later(-1, told.append, 0)

    house.reactor.call_soon(again)
    for _ in range(3):
        house.reactor.run_pass(0)
    assert told == [1, 0, 2, 0, 3]


def test_timers_run_in_the_order_of_their_times_and_then_of_asking() -> None:
    clock = Clock()
    house = House(clock)
    told: list[str] = []
    for name, seconds in (("c", 3.0), ("a", 1.0), ("b1", 2.0), ("b2", 2.0)):
        house.reactor.call_later(seconds, told.append, name)
    house.reactor.run_pass(0)
    assert told == []
    clock.now += 2
    house.reactor.run_pass(0)
    assert told == ["a", "b1", "b2"]
    clock.now += 1
    house.reactor.run_pass(0)
    assert told[3:] == ["c"]
    house.close()


def test_a_timer_of_no_time_waits_for_the_next_pass() -> None:
    house = House(Clock())
    told: list[int] = []

    def again() -> None:
        told.append(house.reactor.passes)
        house.reactor.call_later(0, again)

    house.reactor.call_later(0, again)
    for _ in range(3):
        house.reactor.run_pass(0)
    assert told == [1, 2, 3]
    house.close()


def test_a_timer_cancelled_by_one_that_is_due_with_it_does_not_run() -> None:
    house = House(Clock())
    told: list[str] = []
    timers: list[Timer] = []
    house.reactor.call_later(0, lambda: timers[0].cancel())
    timers.append(house.reactor.call_later(0, told.append, "cancelled"))
    house.reactor.call_later(0, told.append, "kept")
    house.reactor.run_pass(0)
    assert told == ["kept"]
    assert not timers[0].pending
    house.close()


def test_cancelling_late_or_twice_does_nothing() -> None:
    house = House(Clock())
    timer = house.reactor.call_later(0, len, "x")
    assert timer.pending
    house.reactor.run_pass(0)
    assert not timer.pending
    timer.cancel()
    timer.cancel()
    assert house.errors == []
    house.close()


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 5), st.booleans(), st.integers(0, 2)),
        max_size=300,
    )
)
def test_any_timers_that_are_not_cancelled_run_once_in_order(plan: list[tuple[int, bool, int]]) -> None:
    clock = Clock()
    house = House(clock)
    told: list[tuple[float, int]] = []
    expected: list[tuple[float, int]] = []
    for number, (seconds, cancelled, step) in enumerate(plan):
        at = clock.now + seconds
        timer = house.reactor.call_at(at, told.append, (at, number))
        if cancelled:
            timer.cancel()
        else:
            expected.append((at, number))
        clock.now += step * 0.1
        house.reactor.run_pass(0)
    clock.now += 10
    house.reactor.run_pass(0)
    assert told == sorted(expected)
    house.close()


def test_cancelled_timers_do_not_pile_up(house: House) -> None:
    """A deadline of 20 seconds for each of a million connections that last a moment: the heap stays small."""
    timers = [house.reactor.call_later(3600, len, "x") for _ in range(1000)]
    keep = house.reactor.call_later(3600, len, "x")
    for timer in timers:
        timer.cancel()
    assert house.reactor.timers < 200
    assert keep.pending


def test_a_callback_that_raises_stops_nobody_else(house: House) -> None:
    ours, theirs = house.pair()
    house.keep(ours)
    told: list[str] = []
    theirs.send(b"x")
    house.reactor.register(ours, READ, lambda events: fail("handler"))
    house.reactor.call_later(0, fail, "timer")
    house.reactor.call_later(0, told.append, "timer")
    house.reactor.call_soon(fail, "call")
    house.reactor.call_soon(told.append, "call")
    house.reactor.after_pass(lambda: fail("after"))
    house.reactor.run_pass(0)
    assert [str(error) for error in house.errors] == ["handler", "timer", "call", "after"]
    assert told == ["timer", "call"]


def test_an_error_handler_that_raises_stops_nobody(caplog: pytest.LogCaptureFixture) -> None:
    def on_error(error: Exception, callback: object) -> None:
        raise KeyError("the log is full")

    reactor = Reactor(on_error=on_error)
    told: list[str] = []
    reactor.call_soon(fail, "call")
    reactor.call_soon(told.append, "next")
    reactor.run_pass(0)
    reactor.close()
    assert told == ["next"]
    assert "on_error failed" in caplog.text


def test_errors_go_to_the_log_when_nobody_asked(caplog: pytest.LogCaptureFixture) -> None:
    reactor = Reactor()
    reactor.call_soon(fail, "what went wrong")
    reactor.run_pass(0)
    reactor.close()
    assert "what went wrong" in caplog.text


def test_a_handler_that_was_unregistered_in_this_pass_is_not_called(house: House) -> None:
    """Also when the descriptor's number belongs to a new socket by then."""
    pairs = [house.pair() for _ in range(2)]
    told: list[int] = []
    fresh: list[socket.socket] = []

    def handler(index: int) -> None:
        told.append(index)
        other = pairs[1 - index][0]
        house.reactor.unregister(other)
        number = other.fileno()
        other.close()
        fresh.extend(socket.socketpair())
        assert number in [sock.fileno() for sock in fresh]
        for sock in fresh:
            house.reactor.register(sock, WRITE, lambda events: told.append(9))

    for index, (ours, theirs) in enumerate(pairs):
        house.keep(ours)
        house.reactor.register(ours, READ, lambda events, index=index: handler(index))
        theirs.send(b"x")
    house.reactor.run_pass(0)
    house.keep(*fresh)
    assert told in ([0], [1])


def test_modify_waits_for_other_events(house: House) -> None:
    ours, _ = house.pair()
    house.keep(ours)
    told: list[int] = []
    house.reactor.register(ours, READ, told.append)
    house.reactor.run_pass(0)
    house.reactor.modify(ours, READ | WRITE, told.append)
    house.reactor.run_pass(0)
    assert told == [WRITE]


def test_run_ends_with_the_pass_in_which_stop_is_called(house: House) -> None:
    told: list[str] = []
    house.reactor.call_soon(house.reactor.stop)
    house.reactor.call_soon(told.append, "same pass")
    house.reactor.run()
    assert told == ["same pass"]
    house.reactor.stop()
    house.reactor.run()
    assert house.reactor.passes == 1


def test_a_timer_of_years_does_not_overflow_the_wait(house: House) -> None:
    house.reactor.call_later(1e10, len, "x")
    house.reactor.call_soon(house.reactor.stop)
    house.reactor.run()
    timer = threading.Timer(0.01, house.reactor.call_soon_threadsafe, [house.reactor.stop])
    timer.start()
    house.reactor.run()
    timer.join()


def test_calls_from_threads_all_arrive_in_order_with_few_wakes(house: House) -> None:
    """100,000 calls of four threads; each thread's own calls stay in their order."""
    told: list[list[int]] = [[] for _ in range(4)]

    def call_often(mine: list[int]) -> None:
        for number in range(25_000):
            house.reactor.call_soon_threadsafe(mine.append, number)

    threads = [threading.Thread(target=call_often, args=(mine,)) for mine in told]
    for thread in threads:
        thread.start()
    house.until(lambda: all(len(mine) == 25_000 for mine in told))
    for thread in threads:
        thread.join()
    assert all(mine == list(range(25_000)) for mine in told)
    house.settle()
    before = house.reactor.passes
    for _ in range(1000):
        house.reactor.call_soon_threadsafe(len, "x")
    house.settle()
    assert house.reactor.passes - before <= 3


def test_a_thread_wakes_a_loop_that_waits(house: House) -> None:
    """Once for each round: a wake that was lost would leave the loop asleep for an hour."""
    came = threading.Semaphore(0)

    def knock() -> None:
        for _ in range(2000):
            house.reactor.call_soon_threadsafe(came.release)
            assert came.acquire(timeout=20)
        house.reactor.call_soon_threadsafe(house.reactor.stop)

    thread = threading.Thread(target=knock)
    thread.start()
    house.reactor.run()
    thread.join()


def test_a_call_after_close_is_dropped_without_an_error(house: House) -> None:
    house.reactor.close()
    house.reactor.close()
    house.reactor.call_soon_threadsafe(fail, "never called")
    assert house.errors == []


def test_signals_are_told_on_the_loop_and_given_back_at_close() -> None:
    before = signal.getsignal(signal.SIGUSR1)
    house = House()
    told: list[str] = []
    house.reactor.on_signal(signal.SIGUSR1, lambda: told.append("usr1"))
    house.reactor.on_signal(signal.SIGUSR2, lambda: told.append("usr2"))
    os.kill(os.getpid(), signal.SIGUSR1)
    os.kill(os.getpid(), signal.SIGUSR2)
    assert told == []
    house.until(lambda: len(told) == 2)
    assert told == ["usr1", "usr2"]
    house.close()
    assert signal.getsignal(signal.SIGUSR1) == before
    assert signal.set_wakeup_fd(-1) == -1


def test_a_flood_of_one_signal_does_not_lose_another() -> None:
    """More bytes than the wake-up socket takes; the last SIGUSR1, and the SIGUSR2 among them, are told."""
    house = House()
    told: list[str] = []
    sent = 0

    def flood() -> None:
        nonlocal sent
        for _ in range(5000):
            os.kill(os.getpid(), signal.SIGUSR1)
            sent += 1
        os.kill(os.getpid(), signal.SIGUSR2)
        os.kill(os.getpid(), signal.SIGUSR1)

    seen_at: list[int] = []
    house.reactor.on_signal(signal.SIGUSR1, lambda: seen_at.append(sent))
    house.reactor.on_signal(signal.SIGUSR2, lambda: told.append("usr2"))
    flood()
    house.until(lambda: told and seen_at)
    assert seen_at[-1] == sent == 5000
    thread = threading.Thread(target=flood)
    thread.start()
    house.until(lambda: len(told) == 2 and seen_at[-1] == sent == 10_000)
    thread.join()
    assert house.errors == []
    house.close()


def test_a_signal_wakes_a_loop_that_waits() -> None:
    house = House()
    house.reactor.on_signal(signal.SIGUSR1, house.reactor.stop)
    timer = threading.Timer(0.01, os.kill, [os.getpid(), signal.SIGUSR1])
    timer.start()
    house.reactor.run()
    timer.join()
    house.close()


def test_a_signal_that_cannot_be_caught_is_refused(house: House) -> None:
    with pytest.raises(OSError, match="Invalid argument"):
        house.reactor.on_signal(signal.SIGKILL, house.reactor.stop)
    house.reactor.close()
    assert signal.set_wakeup_fd(-1) == -1
