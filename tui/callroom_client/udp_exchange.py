"""Numbered datagrams to a house, and what becomes of each: answered, late, doubled, lost, or refused."""

import socket
from collections.abc import Callable
from enum import Enum
from typing import Protocol

import msgspec

from callroom_wire.datagrams import GREETING, Given, read_reply, request

LONGEST = 65_535
"""No datagram is longer."""


class Outcome(Enum):
    """What a datagram that came is."""

    ANSWER = "answer"
    LATE = "late"
    DOUBLED = "doubled"
    STRAY = "stray"
    REFUSED = "refused"


class Heard(msgspec.Struct, frozen=True):
    """Something came: a datagram of `size` bytes, `seconds` after its number was first sent."""

    outcome: Outcome
    number: int | None = None
    size: int = 0
    text: str = ""
    seconds: float = 0.0


class Shows(Protocol):
    """Whom an exchange tells what happens."""

    def sent(self, number: int, size: int, nth: int, seconds: float) -> None:
        """A datagram has left, the nth of its number; the ones before had `seconds` each."""

    def heard(self, heard: Heard) -> None:
        """Something came."""

    def lost(self, number: int, tries: int) -> None:
        """A number is given up."""


class Exchange:
    """One caller's datagrams, on a connected UDP socket under settimeout; it blocks.

    Args:
        seconds: how long an answer is waited for, each time.
        tries: how often a number is sent at most; the house answers a number again, but acts on it once.
    """

    def __init__(
        self, sock: socket.socket, shows: Shows, seconds: float, tries: int, clock: Callable[[], float]
    ) -> None:
        self.sent = self.again = self.answered = self.lost = self.late = self.doubled = 0
        self.round_trips: list[float] = []
        self._sock = sock
        self._shows = shows
        self._seconds = seconds
        self._tries = tries
        self._clock = clock
        self._cookie = ""
        self._number = 0
        self._first_sent: dict[int, float] = {}
        self._answered: set[int] = set()
        self._given_up: set[int] = set()

    def greet(self) -> float | None:
        """Asks for a cookie; the seconds it took, or None if nobody answers."""
        began = self._clock()
        for _ in range(self._tries):
            if self._renew():
                return self._clock() - began
        return None

    def _renew(self) -> bool:
        """Asks for a cookie once; the one that was there stays if none comes."""
        old, self._cookie = self._cookie, ""
        if self._send(GREETING.encode() + b"\n"):
            self._wait_for(lambda: bool(self._cookie))
        renewed = bool(self._cookie)
        self._cookie = self._cookie or old
        return renewed

    def ask(self, entry: str) -> bool:
        """Sends an entry, again when no answer comes; whether one came in the end."""
        self._number += 1
        number = self._number
        for nth in range(1, self._tries + 1):
            if 1 < nth == self._tries:  # perhaps the call ended in silence, and the cookie with it
                self._renew()
            self._send_number(number, entry, nth)
            if self._wait_for(lambda: number in self._answered):
                return True
        self._give_up(number, self._tries)
        return False

    def burst(self, count: int) -> None:
        """Sends as many at once, all of them asking where the caller is, and shows what becomes of each."""
        first = self._number + 1
        self._number += count
        numbers = range(first, first + count)
        for number in numbers:
            self._send_number(number, "", 1)
        self._wait_for(lambda: self._answered.issuperset(numbers))
        for number in numbers:
            if number not in self._answered:
                self._give_up(number, 1)

    def _give_up(self, number: int, tries: int) -> None:
        self.lost += 1
        self._given_up.add(number)
        self._shows.lost(number, tries)

    def _send_number(self, number: int, entry: str, nth: int) -> None:
        data = request(self._cookie, number, entry)
        self.sent += 1
        self.again += nth > 1
        self._first_sent.setdefault(number, self._clock())
        self._shows.sent(number, len(data), nth, self._seconds)
        self._send(data)

    def _send(self, data: bytes) -> bool:
        """Sends one datagram; False if the kernel had an ICMP error of an earlier one to tell instead."""
        try:
            self._sock.send(data)
        except ConnectionRefusedError:
            self._shows.heard(Heard(Outcome.REFUSED))
            return False
        return True

    def _wait_for(self, done: Callable[[], bool]) -> bool:
        """Takes in what comes until it is what was waited for, or the time is up."""
        until = self._clock() + self._seconds
        while not done():
            left = until - self._clock()
            if left <= 0:
                return False
            self._sock.settimeout(left)
            try:
                data = self._sock.recv(LONGEST)
            except TimeoutError:
                return False
            except ConnectionRefusedError:
                self._shows.heard(Heard(Outcome.REFUSED))
                continue  # the time-out goes on: perhaps the house is about to open
            self._take(data)
        return True

    def _take(self, data: bytes) -> None:
        reply = read_reply(data)
        if isinstance(reply, Given):
            self._cookie = reply.cookie
            return
        number = reply.number
        began = self._first_sent.get(number) if number is not None else None
        if number is None or began is None:
            self._shows.heard(Heard(Outcome.STRAY, None, len(data), reply.text))
            return
        seconds = self._clock() - began
        if number in self._answered:
            self.doubled += 1
            outcome = Outcome.DOUBLED
        else:
            self.answered += 1
            self.round_trips.append(seconds)
            outcome = Outcome.ANSWER
            if number in self._given_up:
                self._given_up.discard(number)
                self.lost -= 1
                self.late += 1
                outcome = Outcome.LATE
            elif self._answered and number < max(self._answered):
                self.late += 1
                outcome = Outcome.LATE
            self._answered.add(number)
        self._shows.heard(Heard(outcome, number, len(data), reply.text, seconds))
