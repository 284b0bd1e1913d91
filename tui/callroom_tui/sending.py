"""What the person types and presses, as requests to the house; and what to tell them when it cannot be."""

import contextlib
from typing import NamedTuple

from callroom_client.client import NotSent
from callroom_client.commands import (
    TABLE,
    Clear,
    OpenLab,
    Reconnect,
    Retry,
    SetTimeout,
    ShowTimeouts,
    Switch,
)
from callroom_client.events import Timeout, Verb
from callroom_client.judging import unfit
from callroom_client.model.entries import Way
from callroom_client.model.local import LineForgotten, MoveAsked
from callroom_client.model.place import ROBOT, Place
from callroom_tui import texts
from callroom_tui.answering import Answers
from callroom_tui.saying import figure
from callroom_tui.session import Session
from callroom_wire import messages as m
from callroom_wire.command import Ask, Line, Misused, Move, ShowHelp, Unfit, Unknown


class Came(NamedTuple):
    """What came of something typed.

    `sent`: it is done with, and history. `move`: the place to go to. `action`: one of the screen's, to be
    run. `hint`: to be told, as a fault or not.
    """

    sent: bool = True
    move: str | None = None
    action: str = ""
    hint: str = ""
    fault: bool = True


class Sending:
    """The way out: from the screen to the client."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.answers = Answers()
        self._greeted = False

    def ask(self, message: m.ClientMessage) -> int:
        """Asks the house; its ref, or 0 if there is no connection to ask by."""
        client = self.session.client
        if client is None:
            return 0
        with contextlib.suppress(NotSent):
            return client.ask(message)
        return 0

    def move(self, message: m.ClientMessage) -> str:
        """Asks for a place that is to be the current one; what to say if it cannot be asked."""
        return self._ask(message, move=True)

    def greet(self) -> None:
        """The connection is ready: looks which rooms there are, and calls the robot the first time."""
        self.ask(m.Rooms())
        if not self._greeted and self.session.model.current == ROBOT and self.session.model.call.ended:
            self._greeted = bool(self.ask(m.Dial()))

    def press(self, key: str) -> str:
        """Presses a key of the robot's menu; what to say if it cannot be."""
        return self._ask(m.Press(text=key))

    def submit(self, text: str, place: str, limit: int) -> Came:
        """Does what was typed in a place, if it can be done."""
        if len(text) > limit:
            hint = texts.TOO_LONG.say(self.session.lang, count=len(text), limit=limit)
            return Came(sent=False, hint=hint)
        lang = self.session.lang
        if unfit(self.session.model, text) is not None:  # why, stands below what was typed
            return Came(sent=False, hint=texts.UNFIT.say(lang))
        match TABLE.read(text, self.session.model.where):
            case Line(text=said):
                return self._say(said, place)
            case Ask(message=m.Tell(to=to, text=said)):
                return self._say(said, f"@{to}")
            case Ask(message=message, move=move):
                hint = self._ask(message, move=move)
                return Came(sent=not hint, hint=hint)
            case Move(place=name):
                return Came(move=name)
            case ShowHelp(command=None):
                return Came(action="help")
            case ShowHelp(command=command):
                assert command is not None
                return Came(hint=command.help.say(lang), fault=False)
            case Unknown() | Misused() | Unfit() as wrong:
                return Came(sent=False, hint=wrong.words.say(lang))
            case SetTimeout(verbs=verbs, value=value):
                said = [self.set_timeout(verb, value) for verb in verbs]
                hint, fault = said[-1]
                return Came(sent=not fault, hint=hint, fault=fault)
            case ShowTimeouts():
                return Came(action="panel('timeouts')")
            case Reconnect():
                return Came(action="reconnect")
            case Retry():
                return Came(action="retry")
            case OpenLab():
                return Came(action="lab")
            case Clear():
                return Came(action="clear")
            case Switch(what=what, on=on):
                return Came(action=f"switch('{what}', {on})")

    def _say(self, text: str, place: str) -> Came:
        if place == ROBOT:
            if self.session.model.call.ended:
                hint = self._ask(m.Dial())
            elif not text:
                return Came()
            else:
                hint = self.press(text)
            return Came(sent=not hint, hint=hint)
        client = self.session.client
        if not text.strip() or client is None:
            return Came(sent=False)
        try:
            client.say(place, text)
        except NotSent:  # the application is being left: what is typed stays where it is
            return Came(sent=False, hint=texts.LEAVING.say(self.session.lang))
        except ValueError as error:
            return Came(sent=False, hint=texts.NOT_SENT.say(self.session.lang, why=str(error)))
        return Came()

    def _ask(self, message: m.ClientMessage, move: bool = False) -> str:
        client = self.session.client
        lang = self.session.lang
        if client is None:
            return texts.OFFLINE_ASK.say(lang)
        try:
            ref = client.ask(message)
        except NotSent as error:
            return (texts.CONGESTED if error.code == "congested" else texts.OFFLINE_ASK).say(lang)
        except ValueError as error:
            return texts.NOT_SENT.say(lang, why=str(error))
        self.answers.asked(ref)
        if move:
            self.session.model.apply(MoveAsked(at=self.session.clock(), ref=ref))
        return ""

    def hang_up(self) -> str:
        """Ends the call with the robot; what to say if it cannot be."""
        return self._ask(m.HangUp())

    def set_timeout(self, verb: Verb, value: Timeout) -> tuple[str, bool]:
        """Sets a time-out; what to say about it, and whether that is a fault."""
        client = self.session.client
        lang = self.session.lang
        if client is None:
            return texts.OFFLINE_ASK.say(lang), True
        try:
            client.set_timeout(verb, value)
        except ValueError as error:
            return texts.NO_TIMEOUT.say(lang, why=str(error)), True
        return texts.TIMEOUT_SET.say(lang, verb=verb.value, value=figure(value)), False

    def retry(self, place: Place) -> list[LineForgotten]:
        """Says every line again that the house refused in a place; what takes the refused ones away."""
        client, now = self.session.client, self.session.clock()
        again: list[LineForgotten] = []
        if client is None:
            return again
        for own in place.entries.owns:
            if own.way is Way.FAILED:
                try:
                    client.say(place.name, own.text)
                except (NotSent, ValueError):  # it stays as it is, to be copied or tried later
                    break
                again.append(LineForgotten(at=now, id=own.id))
        return again
