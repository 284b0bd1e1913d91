"""A connected socket, received from by one thread and sent to by another, each under a time-out of its own.

A Python socket has one time-out, and settimeout puts O_NONBLOCK on the open file (or takes it away), for
every thread and every dup(2) of it. So there are two Python sockets on one connection, each with its own
time-out; the file itself stays blocking, and what must not block says so in the call (MSG_DONTWAIT,
recv(2)). What each operation meets is then just what it meets on a socket of its own: with None it sleeps in
recv(2), with 0 there is a `BlockingIOError`, else poll(2) waits first. A change takes effect with the next
operation: one that is under way keeps the time-out it began with.
"""

import os
import select
import socket
import threading
from collections.abc import Callable
from typing import NamedTuple, TypeVar

from callroom_client.events import Outcome, Timeout, Verb
from callroom_client.link.dialing import PACE_SECONDS
from callroom_client.link.operations import Operations
from callroom_client.link.timeouts import Timeouts

RECV_BYTES = 64 * 1024
"""One recv takes at most so many."""

SEND_BYTES = 64 * 1024
"""One send is given at most so many."""

T = TypeVar("T")


class Piece(NamedTuple):
    """What the recv of this number brought; empty: the peer has finished sending."""

    number: int
    data: bytes


class Channel:
    """One connection's socket. It owns it: `close` closes it.

    Args:
        timeouts: tells the time-outs as they are just now.
    """

    def __init__(self, sock: socket.socket, operations: Operations, timeouts: Callable[[], Timeouts]) -> None:
        self.sock = sock
        self._sender = sock.dup()
        self._operations = operations
        self._timeouts = timeouts
        self._switch = threading.Lock()
        os.set_blocking(sock.fileno(), True)

    def receive(self) -> Piece | None:
        """What comes, or None when the time-out ended it first.

        Raises:
            OSError: the connection is broken.
        """
        sock = self.sock
        timeout = self._set(sock, self._timeouts().recv)
        began = self._operations.begin(Verb.RECV, timeout, RECV_BYTES)
        flags = 0 if timeout is None else socket.MSG_DONTWAIT
        try:
            data = self._undisturbed(lambda: sock.recv(RECV_BYTES, flags), timeout)
        except OSError as error:
            self._after(self._operations.end_by_error(began, error), error, sock, select.POLLIN)
            return None
        self._operations.end(began, Outcome.DATA if data else Outcome.CLOSED, len(data))
        return Piece(began.number, data)

    def send(self, data: bytes) -> tuple[int, int]:
        """Sends what the kernel takes: the number of the operation, and how many bytes went.

        None went when the time-out ended it first; the caller keeps the rest.

        Raises:
            OSError: the connection is broken.
        """
        sock = self._sender
        timeout = self._set(sock, self._timeouts().send)
        began = self._operations.begin(Verb.SEND, timeout, len(data))
        flags = 0 if timeout is None else socket.MSG_DONTWAIT
        try:
            size = self._undisturbed(lambda: sock.send(data, flags), timeout)
        except OSError as error:
            self._after(self._operations.end_by_error(began, error), error, sock, select.POLLOUT)
            return began.number, 0
        self._operations.end(began, Outcome.DONE, size)
        return began.number, size

    def shutdown(self, how: int) -> None:
        """Ends the sending (SHUT_WR) or everything (SHUT_RDWR); it wakes whoever waits, and is an event."""
        began = self._operations.begin(Verb.SHUTDOWN)
        try:
            self.sock.shutdown(how)
        except OSError as error:  # not connected any more
            self._operations.end_by_error(began, error)
        else:
            self._operations.end(began, Outcome.DONE)

    def close(self) -> None:
        """Gives the descriptors back; nobody may be receiving or sending."""
        self._sender.close()
        self.sock.close()

    def _set(self, sock: socket.socket, timeout: Timeout) -> Timeout:
        if sock.gettimeout() != timeout:
            with self._switch:
                sock.settimeout(timeout)
                os.set_blocking(sock.fileno(), True)
        return timeout

    def _undisturbed(self, call: Callable[[], T], timeout: Timeout) -> T:
        """The call's result, though the other thread may be between the two halves of `_set`.

        Then a call that should wait for ever finds the file non-blocking for a moment.
        """
        while True:
            try:
                return call()
            except BlockingIOError:
                if timeout is not None:
                    raise
                with self._switch:
                    pass

    @staticmethod
    def _after(outcome: Outcome, error: OSError, sock: socket.socket, readiness: int) -> None:
        """Rests where the time-out was 0, goes on where it was another; else the connection is broken."""
        if outcome is Outcome.WOULD_BLOCK:
            poll = select.poll()
            poll.register(sock, readiness)
            poll.poll(PACE_SECONDS * 1000)
        elif outcome is not Outcome.TIMED_OUT or error.errno is not None:
            raise error
