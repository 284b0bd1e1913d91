"""A client of a Callroom for programs, bots and screens: one address, one name, and everything that happens.

with Client("tcp://127.0.0.1:8888", name="bot") as client:
    for event in client.events():
        ...
"""

import threading
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path

from callroom_client.events import LinkEvent, Timeout, Verb
from callroom_client.link.conversation import Conversation, NotSent
from callroom_client.link.lines import Lines
from callroom_client.link.link import Link
from callroom_client.link.outbox import Outbox
from callroom_client.link.profile import Profile, ProfileError, claim, default_folder
from callroom_client.link.pulse import Patience
from callroom_client.link.timeouts import Timeouts
from callroom_wire.address import CALLING, AddressError, parse
from callroom_wire.messages import ClientMessage
from callroom_wire.tls import client_context
from callroom_words.words import Words

__all__ = ["SCHEMES", "AddressError", "Client", "NotSent", "Patience", "ProfileError", "Timeouts"]

SCHEMES = ("tcp", "tls", "unix", "frames")
"""What a client can call."""

BAD_CA = Words(
    '"{url}": {ca} cannot be used: {why}: name a PEM file', "“{url}”：{ca} 无法使用：{why}：请指定 PEM 文件"
)

EVENTS_WAITING = 10_000
"""Events that a script has not taken yet; beyond them the link waits for it, and the server for the link."""


class Client:
    """One person's or program's connection to a house, through breaks and returns.

    Any method may be called by any thread, also by the listener. None of them waits for the network, but
    `close` and `events`.

    Args:
        url: `tcp://`, `frames://` or `tls://` with host and port (`?ca=FILE`: whom to trust), `unix:///path`.
        listen: gets every event on the link's threads, one at a time and in order; who owns a loop puts them
            on a queue and wakes it. Without one, `events` has them.
        name: the name to take; empty: the one of the last time, or one that the house gives.
        lang: the language of the house's sentences, `en` or `zh`; empty: the house's own.
        profile: the file that keeps token and unsent lines; None: one of this address and name. A second
            client beside this one gets another, and so is another guest.
        timeouts: what they are at first.
        patience: how long the house may take for what.

    Raises:
        AddressError: the URL, or the file of its `ca`, is not what it should be.
        ProfileError: the profile is in use, or cannot be written.
    """

    def __init__(
        self,
        url: str,
        listen: Callable[[LinkEvent], object] | None = None,
        *,
        name: str = "",
        lang: str = "",
        profile: Path | None = None,
        timeouts: Timeouts | None = None,
        patience: Patience | None = None,
    ) -> None:
        address = parse(url, SCHEMES, CALLING)
        tls = None
        if address.scheme == "tls":
            ca = address.query.get("ca")
            try:
                tls = client_context(Path(ca) if ca else None)
            except OSError as error:
                reason = error.strerror or str(error)
                raise AddressError(BAD_CA.fill(url=url, ca=ca or "", why=reason)) from error
        self._waiting: deque[LinkEvent] = deque()
        self._there = threading.Condition()
        self._closed = False
        claimed = Profile(profile) if profile else claim(url, name, default_folder())
        self.profile = claimed.file
        """The file that keeps what must survive this process."""
        try:
            outbox = Outbox(claimed)
        except ProfileError:
            claimed.close()
            raise
        patience = patience or Patience()
        remembered = outbox.remembered()
        conversation = Conversation(
            Lines(remembered.lines, remembered.counter),
            name=name,
            lang=lang,
            known=remembered.name,
            token=remembered.token,
            seen=remembered.seen,
            patience=patience,
        )
        self._link = Link(
            address,
            conversation,
            outbox,
            listen or self._put,
            tls=tls,
            tls_seconds=patience.tls,
            timeouts=timeouts,
        )

    def __enter__(self) -> "Client":
        """Starts it."""
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Closes it."""
        self.close()

    def start(self) -> None:
        """Connects, logs in or comes back, and goes on doing so until `close`."""
        self._link.start()

    def ask(self, message: ClientMessage) -> int:
        """Sends a request; its `ref`, which the answer carries.

        Raises:
            NotSent: there is no connection that is `READY`, or too much waits to be sent.
            ValueError: it is too long for a frame; or hello, login, pings and lines, which have ways of their
                own.
        """
        return self._link.ask(message)

    def say(self, place: str, text: str) -> int:
        """Says a line in a room, or to one person (`@` and the name); its `id`.

        It is written down, then sent, and sent again after a break, until the house acknowledges or refuses
        it: also if this process ends before.

        Raises:
            NotSent: the client is closed.
            ValueError: it is too long for a frame, or no text.
        """
        return self._link.say(place, text)

    def set_timeout(self, verb: Verb, value: Timeout) -> None:
        """Sets the time-out of connect, recv or send; an operation under way keeps the one it began with.

        Raises:
            ValueError: the verb has none, or the value is none.
        """
        self._link.set_timeout(verb, value)

    def reconnect_now(self) -> None:
        """Tries at once instead of waiting; a connection that stands is ended and made anew."""
        self._link.reconnect()

    def log_in_as(self, name: str) -> None:
        """Takes another name at the next login, and tries at once: for when the first one was refused."""
        self._link.log_in_as(name)
        self._link.reconnect()

    def watch_frames(self, on: bool) -> None:
        """Tells of every frame that passes, or no more."""
        self._link.watch_frames(on)

    def watch_kernel(self, on: bool) -> None:
        """Tells about once a second what the kernel knows of the connection, or no more."""
        self._link.watch_kernel(on)

    def close(self) -> None:
        """Ends the connection; the name is kept for the return. To leave for good, ask `Quit` before.

        It waits until the threads have ended, at most a few seconds; called by the listener, not at all.
        """
        with self._there:
            self._closed = True
            self._there.notify_all()
        self._link.close()

    def events(self, timeout: float | None = None) -> Iterator[LinkEvent]:
        """What happens, one by one, until `close`, or until nothing has happened for `timeout` seconds."""
        while True:
            with self._there:
                if not self._there.wait_for(lambda: self._waiting or self._closed, timeout):
                    return
                if not self._waiting:
                    return
                event = self._waiting.popleft()
                self._there.notify_all()
            yield event

    def _put(self, event: LinkEvent) -> None:
        with self._there:
            self._there.wait_for(lambda: len(self._waiting) < EVENTS_WAITING or self._closed)
            self._waiting.append(event)
            self._there.notify_all()
