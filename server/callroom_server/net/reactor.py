"""The loop: waits for sockets, timers, signals and other threads, and calls whoever asked for it."""

import heapq
import logging
import selectors
import signal
import socket
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from itertools import count
from time import monotonic
from types import FrameType
from typing import Protocol, TypeVarTuple

READ = selectors.EVENT_READ
WRITE = selectors.EVENT_WRITE

LONGEST_WAIT = 3600.0
"""Seconds; epoll_wait(2) takes an int of milliseconds, and a timer of a month would not fit."""

COMPACT_FROM = 64
"""Cancelled timers that may lie in the heap before it is worth a look whether they are the greater half."""

log = logging.getLogger(__name__)

Ts = TypeVarTuple("Ts")


class HasFileno(Protocol):
    """Anything with a descriptor."""

    def fileno(self) -> int:
        """The descriptor."""
        ...


class Timer:
    """A call to be made at a time, unless it is cancelled before."""

    __slots__ = ("_reactor", "args", "at", "call")

    def __init__(
        self, reactor: "Reactor", at: float, call: Callable[..., object], args: tuple[object, ...]
    ) -> None:
        self._reactor = reactor
        self.at = at
        self.call: Callable[..., object] | None = call
        self.args = args

    @property
    def pending(self) -> bool:
        """Neither called nor cancelled yet."""
        return self.call is not None

    def cancel(self) -> None:
        """Forget the call and let go of its arguments; does nothing once it was made."""
        if self.call is not None:
            self.call = None
            self.args = ()
            self._reactor.timer_cancelled()


def log_error(error: Exception, callback: object) -> None:
    """What a reactor does with a callback's exception if it was not told better."""
    log.error("a callback failed: %r", callback, exc_info=error)


class Reactor:
    """A loop over `selectors.DefaultSelector`; all but `call_soon_threadsafe` belongs to its own thread.

    A pass is: wait, the handlers of what is ready, the timers that are due, the queued calls, `after_pass`.
    Timers that timers add and calls that calls add are for the next pass, so that nobody can keep the loop
    from its sockets.

    Args:
        clock: monotonic seconds; `time` is this very function.
        on_error: gets what a callback raised, and the callback. The loop goes on.
    """

    __slots__ = (
        "_after_pass",
        "_calls",
        "_cancelled",
        "_closed",
        "_gone",
        "_old_handlers",
        "_old_wakeup_fd",
        "_on_error",
        "_on_signal",
        "_order",
        "_selector",
        "_signalled",
        "_stopped",
        "_timers",
        "_wake_receive",
        "_wake_send",
        "_woken",
        "passes",
        "time",
    )

    def __init__(
        self,
        clock: Callable[[], float] = monotonic,
        on_error: Callable[[Exception, object], object] = log_error,
    ) -> None:
        self.time = clock
        self.passes = 0
        self._on_error = on_error
        self._after_pass: Callable[[], object] | None = None
        self._calls: deque[tuple[Callable[..., object], tuple[object, ...]]] = deque()
        # The number breaks ties: what is due together runs in the order it was asked for.
        self._timers: list[tuple[float, int, Timer]] = []
        self._order = count()
        self._cancelled = 0
        self._gone: set[int] = set()
        self._stopped = False
        self._closed = False
        self._woken = False
        self._signalled: set[int] = set()
        self._on_signal: dict[int, Callable[[], object]] = {}
        self._old_handlers: dict[
            int, Callable[[int, FrameType | None], object] | int | signal.Handlers | None
        ] = {}
        self._old_wakeup_fd: int | None = None
        self._selector = selectors.DefaultSelector()
        self._wake_receive, self._wake_send = socket.socketpair()
        self._wake_receive.setblocking(False)
        self._wake_send.setblocking(False)
        self._selector.register(self._wake_receive, READ, self._awake)

    # Sockets

    def register(self, fileobj: int | HasFileno, events: int, handler: Callable[[int], object]) -> None:
        """Call `handler(events)` whenever the descriptor is ready for READ, WRITE or both.

        Raises:
            KeyError: it is registered already.
            OSError: the kernel watches no more descriptors.
        """
        self._selector.register(fileobj, events, handler)

    def modify(self, fileobj: int | HasFileno, events: int, handler: Callable[[int], object]) -> None:
        """Wait for other events on a registered descriptor, from the next pass on."""
        self._selector.modify(fileobj, events, handler)

    def unregister(self, fileobj: int | HasFileno) -> None:
        """Forget a descriptor before it is closed; its handler is not called again, even in this pass."""
        # This pass's events were fetched before its handlers ran, and the number may go to a new socket.
        self._gone.add(self._selector.unregister(fileobj).fd)

    # Time

    def call_later(self, seconds: float, call: Callable[[*Ts], object], *args: *Ts) -> Timer:
        """Call after this many seconds: up to a millisecond late, never early."""
        return self.call_at(self.time() + seconds, call, *args)

    def call_at(self, at: float, call: Callable[[*Ts], object], *args: *Ts) -> Timer:
        """Call when `time()` is `at`; what is due together runs in order of `at`, then of asking."""
        timer = Timer(self, at, call, args)
        heapq.heappush(self._timers, (at, next(self._order), timer))
        return timer

    def timer_cancelled(self) -> None:
        """A timer tells that it is dead weight; when most of the heap is, it is built anew."""
        self._cancelled += 1
        if self._cancelled > COMPACT_FROM and self._cancelled * 2 > len(self._timers):
            self._timers[:] = [entry for entry in self._timers if entry[2].call is not None]
            heapq.heapify(self._timers)
            self._cancelled = 0

    @property
    def timers(self) -> int:
        """Timers in the heap, cancelled ones that are not swept yet included."""
        return len(self._timers)

    # Calls

    def call_soon(self, call: Callable[[*Ts], object], *args: *Ts) -> None:
        """Call at the end of this pass, or of the next when asked by such a call."""
        self._calls.append((call, args))

    def call_soon_threadsafe(self, call: Callable[[*Ts], object], *args: *Ts) -> None:
        """The one way in from other threads. Never blocks; after `close` nobody makes the call."""
        self._calls.append((call, args))
        if not self._woken:
            self._woken = True
            self._wake()

    def after_pass(self, call: Callable[[], object] | None) -> None:
        """Call this at the very end of each pass that called anything; there is only one such call."""
        self._after_pass = call

    # Signals

    def on_signal(self, signum: int, call: Callable[[], object]) -> None:
        """Call when the process gets this signal: at least once after the last of a flood. Main thread only.

        Raises:
            ValueError: not the main thread, or no signal that can be caught.
        """
        if self._old_wakeup_fd is None:
            self._old_wakeup_fd = signal.set_wakeup_fd(self._wake_send.fileno(), warn_on_full_buffer=False)
        old = signal.signal(signum, self._signal_came)
        self._old_handlers.setdefault(signum, old)
        self._on_signal[signum] = call

    def _signal_came(self, signum: int, _frame: FrameType | None) -> None:
        # The interpreter's C handler has sent a byte down the socketpair already, so the loop wakes up. That
        # byte says which signal it was, but in a flood it may find the socket full; this call cannot be lost.
        if signum not in self._signalled:
            self._signalled.add(signum)
            self._calls.append((self._tell_signal, (signum,)))

    def _tell_signal(self, signum: int) -> None:
        self._signalled.discard(signum)
        self._on_signal[signum]()

    def _wake(self) -> None:
        with suppress(OSError):  # a full socket wakes the loop already; a closed one has no loop to wake
            self._wake_send.send(b"\0")

    def _awake(self, _events: int) -> None:
        with suppress(BlockingIOError):
            while len(self._wake_receive.recv(4096)) == 4096:
                pass
        # After the drain: before it, a byte sent in between would be drained and yet counted as on its way.
        self._woken = False

    # The loop

    def run(self) -> None:
        """Run passes until `stop`; the pass in which it is called is finished."""
        while not self._stopped:
            self.run_pass()
        self._stopped = False

    def run_pass(self, longest: float = LONGEST_WAIT) -> None:
        """Run one pass that waits at most `longest` seconds."""
        self.passes += 1
        calls, timers, gone = self._calls, self._timers, self._gone
        while timers and timers[0][2].call is None:
            heapq.heappop(timers)
            self._cancelled -= 1
        if calls:
            longest = 0.0
        elif timers:
            longest = min(timers[0][0] - self.time(), longest)
        if gone:
            gone.clear()
        ready = self._selector.select(longest)
        busy = bool(ready)
        for key, events in ready:
            if gone and key.fd in gone:
                continue
            try:
                key.data(events)
            except Exception as error:
                self._failed(error, key.data)
        if timers and timers[0][0] <= (now := self.time()):
            busy = True
            self._run_timers(now)
        if calls:
            busy = True
            for _ in range(len(calls)):
                call, args = calls.popleft()
                try:
                    call(*args)
                except Exception as error:
                    self._failed(error, call)
        if busy and self._after_pass is not None:
            try:
                self._after_pass()
            except Exception as error:
                self._failed(error, self._after_pass)

    def _run_timers(self, now: float) -> None:
        timers = self._timers
        due: list[Timer] = []
        while timers and timers[0][0] <= now:
            due.append(heapq.heappop(timers)[2])
        for timer in due:
            call, args = timer.call, timer.args
            if call is None:
                self._cancelled = max(0, self._cancelled - 1)  # 0: the heap was built anew meanwhile
                continue
            timer.call = None
            timer.args = ()
            try:
                call(*args)
            except Exception as error:
                self._failed(error, call)

    def _failed(self, error: Exception, callback: object) -> None:
        try:
            self._on_error(error, callback)
        except Exception:
            log.exception("on_error failed; what it was told: %r from %r", error, callback)

    def stop(self) -> None:
        """Let `run` return at the end of this pass; before `run`, let it return at once."""
        self._stopped = True

    def close(self) -> None:
        """Give back signals and descriptors; not for use inside `run`. What is queued is forgotten."""
        if self._closed:
            return
        self._closed = True
        for signum, old in self._old_handlers.items():
            # None: it was not set from Python, and Python has no name for it to set it again.
            signal.signal(signum, signal.SIG_DFL if old is None else old)
        self._old_handlers.clear()
        if self._old_wakeup_fd is not None:
            signal.set_wakeup_fd(self._old_wakeup_fd)
        self._selector.close()
        self._wake_receive.close()
        self._wake_send.close()
        self._calls.clear()
        self._timers.clear()
