"""Jobs block in threads, their outcomes come back on the loop."""

import threading

from callroom_server.net.workers import Workers
from net_support import PATIENCE, House


def test_outcomes_come_back_on_the_loops_thread(house: House) -> None:
    workers = Workers(house.reactor)
    told: list[tuple[object, bool]] = []
    where: list[str] = []

    def job() -> int:
        where.append(threading.current_thread().name)
        return 42

    def done(outcome: object) -> None:
        told.append((outcome, threading.current_thread() is threading.main_thread()))

    assert workers.submit(job, done)
    assert workers.under_way == 1
    house.until(lambda: told)
    assert told == [(42, True)]
    assert where == ["worker-0"]
    assert workers.under_way == 0
    workers.close()


def test_what_a_job_raises_is_its_outcome(house: House) -> None:
    workers = Workers(house.reactor)
    told: list[object] = []

    def job() -> int:
        raise ValueError("no such record")

    workers.submit(job, told.append)
    workers.submit(lambda: "the thread lives on", told.append)
    house.until(lambda: len(told) == 2)
    assert isinstance(told[0], ValueError)
    assert told[1] == "the thread lives on"
    assert house.errors == []
    workers.close()


def test_one_thread_keeps_the_order(house: House) -> None:
    workers = Workers(house.reactor, limit=1000)
    told: list[int | Exception] = []
    for number in range(1000):
        assert workers.submit(lambda number=number: number, told.append)
    house.until(lambda: len(told) == 1000)
    assert told == list(range(1000))
    workers.close()


def test_too_many_jobs_are_refused_until_some_are_done(house: House) -> None:
    workers = Workers(house.reactor, threads=2, limit=3)
    gate = threading.Event()
    told: list[bool | Exception] = []
    for _ in range(3):
        assert workers.submit(lambda: gate.wait(PATIENCE), told.append)
    assert not workers.submit(lambda: True, told.append)
    gate.set()
    house.until(lambda: len(told) == 3)
    assert workers.submit(lambda: True, told.append)
    house.until(lambda: len(told) == 4)
    workers.close()


def test_close_waits_no_longer_than_it_may(house: House) -> None:
    workers = Workers(house.reactor)
    gate, begun = threading.Event(), threading.Event()

    def job() -> None:
        begun.set()
        gate.wait(PATIENCE)

    workers.submit(job, bool)
    assert begun.wait(PATIENCE)
    assert not workers.close(0.01)
    gate.set()
    house.until(lambda: all(not thread.name.startswith("worker-") for thread in threading.enumerate()))


def test_close_waits_for_what_runs_and_drops_what_waits(house: House) -> None:
    workers = Workers(house.reactor)
    begun, gate = threading.Event(), threading.Event()
    told: list[object] = []

    def job() -> str:
        begun.set()
        gate.wait(PATIENCE)
        return "finished"

    workers.submit(job, told.append)
    workers.submit(lambda: "dropped", told.append)
    assert begun.wait(PATIENCE)
    timer = threading.Timer(0.01, gate.set)
    timer.start()
    workers.close()
    workers.close()
    timer.join()
    house.settle()
    assert told == ["finished"]
    assert not workers.submit(lambda: "late", told.append)
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("worker-")]


def test_a_done_that_raises_is_the_reactors_error(house: House) -> None:
    workers = Workers(house.reactor)

    def done(outcome: object) -> None:
        raise ValueError(outcome)

    workers.submit(lambda: 1, done)
    house.until(lambda: house.errors)
    assert workers.under_way == 0
    workers.close()
