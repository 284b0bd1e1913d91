"""Builds a house from its settings, runs it, and takes it down in order."""

import base64
import hashlib
import logging
import os
import resource
import secrets
import signal
import sys
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress

from callroom_menus.problems import MenuError
from callroom_server.app.errands import Errands
from callroom_server.app.gate import Gate
from callroom_server.app.house import House
from callroom_server.app.menus import Menus, NoSuchMenu
from callroom_server.app.porter import Porter
from callroom_server.app.reload import Reload
from callroom_server.app.transcripts import Transcripts
from callroom_server.app.watch import Watch
from callroom_server.config.logs import Log
from callroom_server.config.settings import Settings
from callroom_server.core.hub import Hub
from callroom_server.core.ledger import LedgerError
from callroom_server.ledger.limits import SWITCH_INTERVAL, LedgerLimits
from callroom_server.ledger.sqlite import SqliteLedger
from callroom_server.net.address import ListenError
from callroom_server.net.reactor import READ, Reactor


def serve(
    settings: Settings, log: Log, announce: Callable[[list[str]], None], until_eof: int | None = None
) -> int:
    """Serves until a signal ends it; the exit code. `announce` gets the URLs once they can be called.

    The first SIGINT or SIGTERM drains: no new callers, everyone is told, what is queued is committed, at most
    `drain_seconds`. A second one leaves at once. The end of the descriptor `until_eof`, if one is given, does
    what a signal does; what comes from it before means nothing.
    """
    sys.setswitchinterval(SWITCH_INTERVAL)
    bridge = Bridge(log)
    logging.getLogger("callroom_server").addHandler(bridge)
    try:
        return _serve(settings, log, announce, until_eof)
    finally:
        logging.getLogger("callroom_server").removeHandler(bridge)


def _serve(settings: Settings, log: Log, announce: Callable[[list[str]], None], until_eof: int | None) -> int:
    reactor = Reactor(on_error=lambda error, callback: log.failure("callback.failed", error))
    limits = settings.limits
    ledger = SqliteLedger(
        settings.data,
        reactor.call_soon_threadsafe,
        LedgerLimits(batch_records=limits.commit_rows, queue_records=limits.ledger_queue_rows),
    )
    try:
        menus = Menus(settings)
        hub = Hub(
            boot=secrets.randbits(48),
            limits=limits,
            shelf=menus.shelf,
            new_token=new_token,
            hash_token=hash_token,
            flood=settings.flood,
            name=settings.name,
        )
        gate = Gate(limits, descriptors() - limits.descriptors_reserved)
        errands = Errands(reactor, ledger.reader(), menus, Transcripts(settings.data, limits), log)
        house = House(reactor, hub, ledger, errands, gate, log, settings.lang, time.time, settings.runbooks)
        ledger.open(house)
    except (LedgerError, MenuError, NoSuchMenu) as fault:
        log.event("serve.failed", level="error", reason=str(fault))
        reactor.close()
        return 1
    porter = Porter(house, settings)
    try:
        urls = porter.open()
    except ListenError as fault:
        log.event("serve.failed", level="error", reason=str(fault))
        porter.close()
        ledger.close(limits.drain_seconds)
        reactor.close()
        return 1
    house.carry(hub.restarted(reactor.time()))
    Watch(house).sweep()
    house.prune()
    reload = Reload(house, menus, errands)
    reload.look()
    reactor.on_signal(signal.SIGHUP, reload.now)
    ending = Ending(reactor, house, porter, log)
    for number in (signal.SIGINT, signal.SIGTERM):
        reactor.on_signal(number, ending.asked)
    if until_eof is not None:
        ending.watch(until_eof)
    log.event("serve.started", listeners=" ".join(urls), data=str(settings.data), menu=settings.menu)
    announce(urls)
    try:
        reactor.run()
    finally:
        porter.close()
        if not ending.hurried:
            with ending.cut_short_by_signals():
                errands.close(ending.left / 4)  # for each kind of them: half of what is left is the ledger's
                house.save_snapshot()
                ledger.close(ending.left)
        reactor.close()
        log.event("serve.ended")
    return 0


class Bridge(logging.Handler):
    """What the floors below tell the standard library's logging, as events of the house's own log."""

    def __init__(self, log: Log) -> None:
        super().__init__()
        self._log = log

    def emit(self, record: logging.LogRecord) -> None:
        """One record, one event."""
        error = record.exc_info[1] if record.exc_info else None
        where = record.name.removeprefix("callroom_server.")
        if error is not None:
            self._log.failure("net.failed", error, where=where, text=record.getMessage())
        else:
            self._log.event("net.noted", level="warning", where=where, text=record.getMessage())


DOORS_SHARE = 0.7
"""Of `drain_seconds` the doors have so much to finish sending; errands and the ledger have the rest."""


class Ending:
    """The way out: drain on the first signal, leave on the second."""

    def __init__(self, reactor: Reactor, house: House, porter: Porter, log: Log) -> None:
        self._reactor = reactor
        self._house = house
        self._porter = porter
        self._log = log
        self._draining = False
        self._ends_at: float | None = None
        self.hurried = False

    @property
    def left(self) -> float:
        """Seconds until everything must have ended."""
        if self._ends_at is None:
            return self._house.limits.drain_seconds
        return max(0.0, self._ends_at - self._reactor.time())

    @contextmanager
    def cut_short_by_signals(self) -> Generator[None]:
        """When the loop has ended a signal cannot call into it: it ends what this is around, at once."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.default_int_handler)
        with suppress(KeyboardInterrupt):
            yield

    def watch(self, descriptor: int) -> None:
        """The end of what can be read from there asks to leave, too."""

        def ready(_events: int) -> None:
            if not os.read(descriptor, 4096):
                self._reactor.unregister(descriptor)
                self.asked()

        self._reactor.register(descriptor, READ, ready)

    def asked(self) -> None:
        """A signal asks to leave."""
        if self._draining:
            self.hurried = True
            self._reactor.stop()
            return
        self._draining = True
        self._log.event("serve.draining", sessions=len(self._house.doors))
        self._porter.close()
        self._house.runs.close()
        self._house.drain()
        seconds = self._house.limits.drain_seconds
        self._ends_at = self._reactor.time() + seconds
        self._reactor.call_later(seconds * DOORS_SHARE, self._reactor.stop)
        self._wait_for_all()

    def _wait_for_all(self) -> None:
        if self._house.doors or self._house.runs.running or self._porter.web.busy:
            self._reactor.call_later(0.02, self._wait_for_all)
        else:
            self._reactor.stop()


def new_token() -> str:
    """A secret that a person can type: 100 bits in four groups of five (RFC 4648, base 32)."""
    letters = base64.b32encode(secrets.token_bytes(13)).decode()[:20]
    return "-".join(letters[start : start + 5] for start in range(0, 20, 5))


def hash_token(token: str) -> str:
    """What is kept of a token. Case and hyphens do not count; 100 random bits need no slow hash."""
    plain = token.strip().upper().replace("-", "").replace(" ", "")
    return hashlib.sha256(plain.encode("utf-8", "replace")).hexdigest()[:24]


def descriptors() -> int:
    """How many descriptors this process may have; the soft limit is raised to the hard one first."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard if hard != resource.RLIM_INFINITY else 1_048_576
