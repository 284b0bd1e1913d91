"""What a person types becomes requests; what must be asked besides, because of an answer, is asked here, too.

Every view that reads lines stands on this: it hands in what was typed and what has changed, carries out the
outcomes, and asks for `settled` before it hands in what a script typed ahead.
"""

import time
from collections.abc import Callable
from typing import Protocol

import msgspec

from callroom_client.client import NotSent
from callroom_client.commands import (
    TABLE,
    Action,
    Clear,
    OpenLab,
    Reconnect,
    Retry,
    SetTimeout,
    ShowTimeouts,
    Switch,
)
from callroom_client.events import Dropped, Event, Queued, Stage, Timeout, Verb
from callroom_client.model import (
    ROBOT,
    Changes,
    Cleared,
    LineForgotten,
    Model,
    MoveAsked,
    PlaceChosen,
    Way,
)
from callroom_wire import command as c
from callroom_wire import messages as m
from callroom_wire.messages import ClientMessage, ServerMessage
from callroom_words.words import Lang, Words


class Speaker(Protocol):
    """What is needed of a `Client`."""

    def ask(self, message: ClientMessage) -> int:
        """Sends a request; its ref. Raises `NotSent` and ValueError."""
        ...

    def say(self, place: str, text: str) -> int:
        """Says a line; its id. Raises ValueError."""
        ...

    def set_timeout(self, verb: Verb, value: Timeout) -> None:
        """Sets a time-out."""
        ...

    def reconnect_now(self) -> None:
        """Tries at once."""
        ...

    def log_in_as(self, name: str) -> None:
        """Takes another name at the next login, at once."""
        ...


class Tell(msgspec.Struct, frozen=True):
    """Say this to the person; `bad`: something was not done."""

    words: Words
    bad: bool = False


class ShowHelp(msgspec.Struct, frozen=True):
    """Show all commands."""


class UseLang(msgspec.Struct, frozen=True):
    """Speak this language from now on."""

    lang: Lang


class Leave(msgspec.Struct, frozen=True):
    """The person wants to leave, and there is nobody to say goodbye to."""


Outcome = Tell | ShowHelp | UseLang | Switch | Clear | Leave
"""What the view has to do."""

NOT_CONNECTED = Words(
    "There is no connection just now: nothing was asked. /reconnect tries at once.",
    "现在没有连接，什么都没有发送。/reconnect 可立即重连。",
)
CONGESTED = Words(
    "What was asked before has not left yet: try again in a moment.", "之前的请求还没有发出：请稍后再试。"
)
TOO_LONG = Words("That is too long for one message: {why}", "太长，一条消息放不下：{why}")
MOVED = Words("What you type goes to {place} now.", "现在输入的内容发给{place}。")
THE_ROBOT = Words("the robot", "机器人")
THE_PLACE = Words("{place}", "“{place}”")
TIMEOUTS = Words(
    "Time-outs: connect {connect}, recv {recv}, send {send}.",
    "超时：连接 {connect}，接收 {recv}，发送 {send}。",
)
WAITS = Words("none (waits for ever)", "无（一直等）")
AT_ONCE = Words("0 (does not wait)", "0（不等待）")
SECONDS = Words("{seconds} s", "{seconds} 秒")
NOTHING_REFUSED = Words("Nothing was refused here.", "这里没有被拒绝的内容。")


LAB_ELSEWHERE = Words(
    "The lab needs the whole terminal: callroom lab screen. callroom lab opens its listeners.",
    "实验室需要整个终端：callroom lab screen。callroom lab 打开其中的监听。",
)


class Talk:
    """One person's side of the talk, over a client and its model.

    Args:
        apply: gives an event to the model, and its changes to the view.
        room: to be entered after the login; empty: where one was before, or the robot.
        patient: what was typed before a goodbye is waited for, even without a connection.
    """

    def __init__(
        self,
        client: Speaker,
        model: Model,
        apply: Callable[[Event], object],
        room: str = "",
        patient: bool = True,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.begun = False
        """Whether a login has been settled: one is where one belongs."""
        self.refused = False
        """Whether anything was refused, or could not be asked."""
        self._client = client
        self._model = model
        self._apply = apply
        self._room = room
        self._patient = patient
        self._clock = clock
        self._settling = 0  # the ref of the first question after a login
        self._came_back = False
        self._refs: set[int] = set()  # requests without an answer
        self._unwritten: set[int] = set()  # lines on their way to the disk

    # --- what is typed ------------------------------------------------------------------------------------

    @property
    def settled(self) -> bool:
        """Whether the next line can be sent: no login and no change of place is under way."""
        return self.begun and not self._settling and not self._model.moves

    @property
    def answered(self) -> bool:
        """Whether the house has answered everything, and every line of one's own has come back."""
        if not self.settled or self._refs or self._unwritten or self._model.waiting:
            return False
        return self._model.caught_up

    def waits(self, line: str) -> bool:
        """Whether this line needs to know where one is, and so waits until one is settled."""
        if self._logged_out:
            return False
        match self.read(line):
            case c.ShowHelp() | SetTimeout() | ShowTimeouts() | Switch() | Reconnect() | Clear() | OpenLab():
                return False
            case c.Ask(message=m.Quit()):
                return self._patient or self._model.connection.stage.stage is Stage.READY
            case _:
                return True

    def may_go(self, line: str) -> bool:
        """Whether a line that waited may be carried out now.

        For a script, requests are answered and lines stored before what comes after: it sees the outcome.
        """
        if not self.settled:
            return not self.waits(line)  # the login was refused meanwhile: nothing is worth waiting for
        if not self._patient:
            return True
        said = isinstance(self.read(line), c.Line) and self._model.current != ROBOT
        return not self._refs if said else self.answered

    def read(self, line: str, secret: bool | None = None) -> Action | c.Line:
        """What a line stands for; `secret`: whether it was typed as a secret (None: if one is asked for)."""
        where = self._model.where
        return TABLE.read(line, where if secret is None else msgspec.structs.replace(where, secret=secret))

    def typed(self, line: str, secret: bool | None = None) -> list[Outcome]:
        """Carries out a line; `secret` as in `read`."""
        if not line or line.isspace():
            return []
        return self.act(self.read(line, secret))

    def act(self, action: Action | c.Line) -> list[Outcome]:
        """Carries out what a line or a key stands for."""
        match action:
            case c.Line(text=text):
                return self.line(text)
            case c.Ask(message=m.Tell(to=to, text=text)):
                return self._say(f"@{to}", text)
            case c.Ask(message=m.Login(name=name) | m.Nick(name=name)) if self._logged_out:
                self._client.log_in_as(name)
                return []
            case c.Ask(message=m.Lang(lang=lang)):
                self._ask(action)  # without a connection it is the client's language alone
                return [UseLang("zh" if lang == "zh" else "en")]
            case c.Ask(message=m.Quit()) if self._model.connection.stage.stage is not Stage.READY:
                return [Leave()]
            case c.Ask():
                return self._ask(action)
            case c.Move(place=place):
                return self._move(place)
            case c.ShowHelp(command=None):
                return [ShowHelp()]
            case c.ShowHelp(command=command):
                assert command is not None
                return [Tell(words) for words in (command.help, command.other_words) if words.en]
            case c.Unknown() | c.Misused() | c.Unfit():
                self.refused = True
                return [Tell(action.words, bad=True)]
            case SetTimeout(verbs=verbs, value=value):
                for verb in verbs:
                    self._client.set_timeout(verb, value)
                return []
            case ShowTimeouts():
                return [Tell(self.timeouts())]
            case Reconnect():
                self._client.reconnect_now()
                return []
            case OpenLab():
                return [Tell(LAB_ELSEWHERE)]
            case Retry():
                return self._retry()
            case Clear():
                self._apply(Cleared(at=self._clock(), place=self._model.current))
                return [action]
            case Switch():
                return [action]

    def line(self, text: str) -> list[Outcome]:
        """Says a line where one is."""
        place = self._model.current
        return self._ask(c.Ask(m.Press(text=text))) if place == ROBOT else self._say(place, text)

    def timeouts(self) -> Words:
        """The time-outs in a sentence."""
        now = self._model.connection.timeouts
        if now is None:
            return NOT_CONNECTED
        return TIMEOUTS.fill(connect=_shown(now.connect), recv=_shown(now.recv), send=_shown(now.send))

    # --- what has changed ---------------------------------------------------------------------------------

    def heed(self, event: Event, changes: Changes) -> None:
        """Asks for what must be asked because of an event, and what it has changed."""
        if isinstance(event, Queued | Dropped):
            self._unwritten.discard(event.id)
        if changes.connection and self._model.connection.stage.stage not in (Stage.READY, Stage.SILENT):
            self._settling = 0
            self._refs.clear()
        for message in changes.told:
            self._answered(message)

    def is_own(self, message: ServerMessage) -> bool:
        """Whether this only answers what was asked here, for the person had not."""
        return isinstance(message, m.RoomsListed) and message.ref == self._settling and bool(message.ref)

    def _answered(self, message: ServerMessage) -> None:
        self._refs.discard(getattr(message, "ref", 0))
        match message:
            case m.LoggedIn():
                self._came_back = message.resumed
                self._settling = self._request(m.Rooms())
            case m.Joined(place=place) if self._came_back and self._model.current == ROBOT:
                if not place.startswith("@"):
                    self._choose(place)
            case m.RoomsListed(ref=ref, more=False) if ref and ref == self._settling:
                self._settling = 0
                self._settle()
            case m.Error():
                self.refused = True
            case _:
                pass

    def _settle(self) -> None:
        """The login is over, and what was there before has been told."""
        model, room = self._model, self._room
        self._came_back, self.begun = False, True
        if room:
            self._room = ""
            self._ask(c.Ask(m.Join(room=room), move=True))
        elif model.current == ROBOT and model.call.ended:
            self._request(m.Dial())

    # --- asking -------------------------------------------------------------------------------------------

    @property
    def _logged_out(self) -> bool:
        stage = self._model.connection.stage
        return stage.stage is Stage.OFFLINE and bool(stage.code)

    def _request(self, message: ClientMessage) -> int:
        """Asks what nobody typed; 0 if there is no connection any more, for the next one begins again."""
        try:
            ref = self._client.ask(message)
        except NotSent:
            return 0
        self._refs.add(ref)
        return ref

    def _ask(self, ask: c.Ask) -> list[Outcome]:
        message = ask.message
        try:
            ref = self._client.ask(message)
        except NotSent as fault:
            self.refused = True
            return [Tell(NOT_CONNECTED if fault.code == "offline" else CONGESTED, bad=True)]
        except ValueError as fault:
            self.refused = True
            return [Tell(TOO_LONG.fill(why=str(fault)), bad=True)]
        if isinstance(message, m.Dial):
            self._choose(ROBOT)
        if ask.move:
            self._apply(MoveAsked(at=self._clock(), ref=ref))
        if not is_unanswered(message):
            self._refs.add(ref)
        return []

    def _say(self, place: str, text: str) -> list[Outcome]:
        try:
            self._unwritten.add(self._client.say(place, text))
        except NotSent:  # closed meanwhile
            return [Tell(NOT_CONNECTED, bad=True)]
        except ValueError as fault:
            self.refused = True
            return [Tell(TOO_LONG.fill(why=str(fault)), bad=True)]
        return []

    def _move(self, place: str) -> list[Outcome]:
        self._choose(place)
        if place == ROBOT:
            called = not self._model.call.ended
            return [Tell(MOVED.fill(place=THE_ROBOT))] if called else self._ask(c.Ask(m.Dial()))
        return [Tell(MOVED.fill(place=THE_PLACE.fill(place=self._model.current)))]

    def _choose(self, place: str) -> None:
        self._apply(PlaceChosen(at=self._clock(), place=place))

    def _retry(self) -> list[Outcome]:
        place = self._model.here
        failed = [own for own in place.entries.owns if own.way is Way.FAILED]
        outcomes: list[Outcome] = [] if failed else [Tell(NOTHING_REFUSED)]
        for own in failed:
            self._apply(LineForgotten(at=self._clock(), id=own.id))
            outcomes += self._say(place.name, own.text)
        return outcomes


def is_unanswered(message: ClientMessage) -> bool:
    """Whether no message with its ref will come: a topic that is set comes back as an entry of the room, a
    line as its acknowledgement, and goodbye as the end.
    """
    set_topic = isinstance(message, m.Topic) and message.text is not None
    return set_topic or isinstance(message, m.Say | m.Tell | m.Quit)


def _shown(timeout: Timeout) -> Words:
    if timeout is None:
        return WAITS
    return SECONDS.fill(seconds=f"{timeout:g}") if timeout else AT_ONCE
