"""The link: the threads that own a client's socket, and carry out what its conversation wants.

Three threads, all daemons. One lives the connection's life: it resolves, connects, receives, and waits
before it comes back. One sends, as long as a connection stands. One keeps: it writes to the disk, and looks
at the clock. Each may sleep in the kernel as long as a time-out says; what ends their sleep is `shutdown`.
All else is under one lock, which nobody holds while anything may block.
"""

import random
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from math import inf

from callroom_client.events import (
    LinkEvent,
    SocketClosed,
    SocketOpened,
    Stage,
    StageChanged,
    Timeout,
    TimeoutsSet,
    Verb,
)
from callroom_client.link import backoff, kernel
from callroom_client.link.channel import Channel
from callroom_client.link.connection import Connection
from callroom_client.link.conversation import Conversation, NotSent
from callroom_client.link.dialing import Dialer, Resolver, Target, Unreached
from callroom_client.link.effects import Effect, Hang, Reach, Send, Tell
from callroom_client.link.keeping import Keeping
from callroom_client.link.operations import Operations
from callroom_client.link.outbox import Outbox
from callroom_client.link.stream import Stream
from callroom_client.link.telling import Telling
from callroom_client.link.timeouts import Timeouts
from callroom_wire.address import Address, address_text
from callroom_wire.messages import ClientMessage, ServerMessage
from callroom_wire.tls import TLSCodec

STABLE_SECONDS = 5.0
"""A connection that was ready for so long was a good one: the next wait is a first one."""

OUT_BYTES = 1024 * 1024
"""What may wait to be sent; beyond it a request is not sent. (Lines wait on the disk.)"""

FLUSH_SECONDS = 0.5
"""On closing, what was asked may take so long to leave, and the server so long to close its side."""

CLOSE_SECONDS = 3.0
"""Then the threads may take so long to end; only a resolver that does not answer takes longer."""

KERNEL_SECONDS = 1.0
"""So often the kernel is asked what it knows, while somebody wants to know."""


class Link:
    """One client's connection, through breaks and returns, from `start` to `close`.

    Any method may be called by any thread, the listener's calls among them; none waits but `close`.

    Args:
        tls: for an address of TLS.
        listen: gets every event, on the link's threads, one at a time and in order.
        chance: random numbers from 0 to 1.
    """

    def __init__(
        self,
        address: Address,
        conversation: Conversation,
        outbox: Outbox,
        listen: Callable[[LinkEvent], object],
        *,
        tls: ssl.SSLContext | None = None,
        tls_seconds: float = 10.0,
        timeouts: Timeouts | None = None,
        resolver: Resolver = socket.getaddrinfo,
        chance: Callable[[], float] = random.random,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._address = address
        self._conversation = conversation
        self._tls = tls
        self._tls_seconds = tls_seconds
        self._timeouts = timeouts or Timeouts()
        self._chance = chance
        self._clock = clock
        self._telling = Telling(listen)
        self._operations = Operations(self._telling, clock)
        self._lock = threading.RLock()
        self._awake = threading.Condition(self._lock)  # the life waits, for the next try or the end
        self._keeping = Keeping(
            outbox, conversation, self._lock, self._carry, self._time_passed, self._telling, clock
        )
        self._dialer = Dialer(
            self._operations, lambda: self._timeouts.connect, self._hold, self._pause, resolver
        )
        self._life = threading.Thread(target=self._live, name="callroom-link", daemon=True)
        self._dialing: socket.socket | None = None
        self._connection: Connection | None = None
        self._secure_by = inf
        self._closing = False
        self._again = False
        self._attempt = 0
        self._tries = 0
        self._ready_at: float | None = None
        self._url = str(address)
        self._frames_watched = False
        self._kernel_at = inf

    # --- for everyone ---------------------------------------------------------------------------------------

    def start(self) -> None:
        """Connects, and goes on doing so until `close`."""
        timeouts = self._timeouts
        self._telling.put(
            TimeoutsSet(at=self._clock(), connect=timeouts.connect, recv=timeouts.recv, send=timeouts.send)
        )
        with self._lock:
            self._carry(self._conversation.remembered(self._clock()))
        self._keeping.start()
        self._life.start()

    def ask(self, message: ClientMessage) -> int:
        """Sends a request; its ref. Raises as `Conversation.ask`, and when too much waits already."""
        with self._lock:
            if self._connection is not None and self._connection.stream.waiting > OUT_BYTES:
                raise NotSent("congested")
            ref, effects = self._conversation.ask(message, self._clock())
            self._carry(effects)
            return ref

    def say(self, place: str, text: str) -> int:
        """Says a line as soon as it is written down and there is a connection; its id.

        Raises:
            NotSent: it is closed, so nothing is written down any more.
            ValueError: as `Conversation.say`.
        """
        with self._lock:
            if self._keeping.finished:
                raise NotSent("offline")
            number, effects = self._conversation.say(place, text)
            self._carry(effects)
            return number

    def set_timeout(self, verb: Verb, value: Timeout) -> None:
        """Sets a time-out, for the next operation on.

        Raises:
            ValueError: it is none.
        """
        with self._lock:
            new = self._timeouts = self._timeouts.changed(verb, value)
            self._telling.put(
                TimeoutsSet(at=self._clock(), connect=new.connect, recv=new.recv, send=new.send)
            )
            self._keeping.wake()

    def reconnect(self) -> None:
        """Tries at once, instead of waiting; ends the connection first, if there is one."""
        with self._lock:
            self._again = True
            self._hang(Hang("left"))
            self._awake.notify()

    def log_in_as(self, name: str) -> None:
        """Takes this name from the next login on."""
        with self._lock:
            self._conversation.wanted = name

    def watch_frames(self, on: bool) -> None:
        """Tells of every frame from now on, or no more."""
        with self._lock:
            self._frames_watched = on
            if self._connection is not None:
                self._connection.stream.watch(on)

    def watch_kernel(self, on: bool) -> None:
        """Tells about once a second what the kernel knows, or no more."""
        with self._lock:
            self._kernel_at = self._clock() if on else inf
            self._keeping.wake()

    def close(self) -> None:
        """Ends the connection and the threads. What was asked has a moment to leave; lines stay on the disk.

        Called by the listener, it does not wait.
        """
        listener = self._telling.by_this_thread
        patience = 0.0
        with self._lock:
            if self._life.is_alive() and not self._closing:
                self._stage(Stage.CLOSING)
            self._closing = True
            self._awake.notify()
            if listener:
                self._hang(Hang("left"))
                return
            if self._connection is not None:
                patience = FLUSH_SECONDS
                self._connection.say_goodbye(FLUSH_SECONDS)
        deadline = time.monotonic() + CLOSE_SECONDS
        while self._life.is_alive() and time.monotonic() < deadline:
            self._life.join(patience)
            with self._lock:
                self._hang(Hang("left"))
            patience = 0.02  # a socket that does not connect yet cannot be shut down; soon it can
        self._keeping.close(CLOSE_SECONDS)

    # --- the life of connections ----------------------------------------------------------------------------

    def _live(self) -> None:
        try:
            while not self._closing:
                reason = self._try()
                with self._lock:
                    self._carry(self._conversation.lost())
                    if not self._closing:
                        self._rest(reason)
        finally:
            with self._lock:
                self._closing = True
                self._stage(Stage.OFFLINE, "left")
                self._keeping.finish()

    def _try(self) -> Hang:
        """One attempt, and if it succeeds one connection from beginning to end; why it is over."""
        with self._lock:
            self._attempt += 1
            self._url = str(self._address)
            self._stage(Stage.RESOLVING)
        reason = Hang("left")
        try:
            targets = self._dialer.resolve(self._address)
        except Unreached as fault:
            return Hang(fault.code, fault.detail, by_us=False)
        for target in targets:
            with self._lock:
                if self._closing or self._again:
                    break
                self._url = target.name
                self._stage(Stage.CONNECTING)
            try:
                sock = self._dialer.connect(target)
            except Unreached as fault:
                reason = Hang(fault.code, fault.detail, by_us=False)
                continue
            return self._converse(sock, target)
        return reason

    def _rest(self, reason: Hang) -> None:
        """Waits before the next try, or for ever where coming back is somebody else's business."""
        now = self._clock()
        if self._ready_at is not None and now - self._ready_at >= STABLE_SECONDS:
            self._tries = 0
        self._ready_at = None
        self._tries += 1
        until = inf if reason.final else now + backoff.delay(self._tries, self._chance())
        if not self._again:
            stage = Stage.OFFLINE if reason.final else Stage.WAITING
            self._stage(stage, reason.code, reason.detail, None if reason.final else until)
            self._keeping.wake()
        while not (self._closing or self._again) and (left := until - self._clock()) > 0:
            self._awake.wait(min(left, threading.TIMEOUT_MAX))
        self._again = False

    def _converse(self, sock: socket.socket, target: Target) -> Hang:
        """One connection, from the moment it stands to its end."""
        channel = Channel(sock, self._operations, lambda: self._timeouts)
        codec = TLSCodec(self._tls, False, self._address.host) if self._tls is not None else None
        stream = Stream(codec)
        connection = Connection(
            channel, stream, self._lock, self._telling, self._clock, self._heard, self._secured
        )
        with self._lock:
            self._dialing, self._connection = None, connection
            stream.watch(self._frames_watched)
            if stream.secured:
                self._secured()
            else:
                self._opened()
                self._secure_by = self._clock() + self._tls_seconds
                self._stage(Stage.SECURING)
                self._keeping.wake()
            if self._closing or self._again:
                self._hang(Hang("left"))
        reason = connection.run()
        with self._lock:
            self._connection = None
            self._secure_by = inf
            self._telling.put(SocketClosed(at=self._clock(), by_us=reason.by_us, code=reason.code))
        return reason

    # --- what the others call back, with the lock held ------------------------------------------------------

    def _heard(self, message: ServerMessage | None) -> None:
        if message is None:
            self._carry(self._conversation.heard())
        else:
            self._carry(self._conversation.received(message, self._clock()))

    def _secured(self) -> None:
        self._secure_by = inf
        self._opened()
        self._carry(self._conversation.connected(self._clock()))
        self._keeping.wake()

    def _time_passed(self, now: float) -> float:
        """Does what is due, and tells when something is due again."""
        self._carry(self._conversation.tick(now))
        if now >= self._secure_by:
            self._secure_by = inf
            self._hang(Hang("tls_timeout"))
        if now >= self._kernel_at:
            self._kernel_at = now + KERNEL_SECONDS
            if self._connection is not None and (seen := kernel.look(self._connection.channel.sock, now)):
                self._telling.put(seen)
        return min(self._conversation.due, self._secure_by, self._kernel_at)

    def _hold(self, sock: socket.socket | None) -> None:
        with self._lock:
            self._dialing = sock

    def _pause(self, seconds: float) -> bool:
        """Waits, unless all is to end; whether it is."""
        with self._lock:
            self._awake.wait_for(lambda: self._closing or self._again, seconds)
            return self._closing or self._again

    # --- effects, with the lock held ------------------------------------------------------------------------

    def _carry(self, effects: Iterable[Effect]) -> None:
        for effect in effects:
            match effect:
                case Send(message=message):
                    if self._connection is not None:
                        self._connection.send(message)
                case Tell(event=event):
                    self._telling.put(event)
                case Reach(stage=stage):
                    self._reach(stage)
                case Hang():
                    self._hang(effect)
                case _:
                    self._keeping.put(effect)

    def _reach(self, stage: Stage) -> None:
        if stage is Stage.READY:
            self._attempt = 0
            self._ready_at = self._ready_at or self._clock()
        self._stage(stage)
        self._keeping.wake()

    def _hang(self, reason: Hang) -> None:
        if self._connection is not None:
            self._connection.hang(reason)
        elif self._dialing is not None:
            with suppress(OSError):  # not connecting yet, or no more
                self._dialing.shutdown(socket.SHUT_RDWR)

    def _opened(self) -> None:
        assert self._connection is not None
        sock = self._connection.channel.sock
        with suppress(OSError):  # reset already; the next recv says so
            opened = SocketOpened(
                at=self._clock(),
                descriptor=sock.fileno(),
                family=socket.AddressFamily(sock.family).name,
                local=address_text(sock.getsockname()),
                peer=address_text(sock.getpeername()),
                tls=self._connection.stream.tls,
            )
            self._telling.put(opened)

    def _stage(self, stage: Stage, code: str = "", detail: str = "", retry_at: float | None = None) -> None:
        self._telling.put(
            StageChanged(
                at=self._clock(),
                stage=stage,
                address=self._url,
                attempt=self._attempt,
                code=code,
                detail=detail,
                retry_at=retry_at,
            )
        )
