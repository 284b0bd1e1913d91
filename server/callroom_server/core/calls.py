"""Calls with the robot: the engine decides, this shows what it says and keeps its time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callroom_menus import engine
from callroom_menus import events as robot
from callroom_menus.model import Menu
from callroom_menus.state import NEW
from callroom_server.core import events, texts
from callroom_server.core.effects import Alarm, Append, Effect, Later, Send
from callroom_server.core.sessions import Call, Session, State
from callroom_wire.messages import ChoiceInfo, Join, Prompted

if TYPE_CHECKING:
    from callroom_server.core.hub import Hub


LOGIN_SECONDS = 0.5
"""When a wait that is over is looked at again because a login is under way: a commit takes milliseconds."""


def begin(hub: Hub, session: Session, menu: Menu, ref: int, now: float) -> list[Effect]:
    """A call begins; one that was there ends."""
    effects = hung_up(hub, session, 0, now) if session.call is not None else []
    hub.calls += 1
    session.call = Call(f"{hub.boot:x}-{hub.calls}", menu, NEW)
    return effects + _step(hub, session, session.call, robot.Start(), ref, now)


def come_back(hub: Hub, session: Session, ref: int, now: float) -> list[Effect]:
    """The caller's attention is back: the robot says where they are."""
    assert session.call is not None
    return _step(hub, session, session.call, robot.Return(), ref, now)


def entered(hub: Hub, session: Session, text: str, ref: int, now: float) -> list[Effect]:
    """The caller entered something."""
    assert session.call is not None
    return _step(hub, session, session.call, robot.Text(text), ref, now)


def hung_up(hub: Hub, session: Session, ref: int, now: float) -> list[Effect]:
    """The caller ended the call."""
    assert session.call is not None
    call, session.call = session.call, None
    _, said = engine.step(call.menu, call.state, robot.Hangup(), hub.at / 1000)
    effects = [effect for one in said if isinstance(one, robot.Log) for effect in _recorded(hub, call, one)]
    ended = Prompted(menu=call.menu.id, text=texts.word(session.lang, "call_ended"), ended=True, ref=ref)
    return [*effects, Send(session.number, ended)]


def silence(hub: Hub, alarm: Alarm, now: float) -> list[Effect]:
    """A wait's time is up, unless something was entered since."""
    session = hub.sessions.get(alarm.number)
    if session is None or session.call is None or session.call.generation != alarm.generation:
        return []
    if session.state is State.LOGGING_IN:  # the robot may ask for a login itself, and one is under way
        return [Later(now + LOGIN_SECONDS, alarm)]
    return _step(hub, session, session.call, robot.Silence(), 0, now)


def _step(
    hub: Hub, session: Session, call: Call, happened: robot.Input, ref: int, now: float
) -> list[Effect]:
    call.state, said = engine.step(call.menu, call.state, happened, hub.at / 1000)
    call.generation = hub.generation()
    effects: list[Effect] = []
    spoken: list[str] = []
    choices: tuple[robot.Option, ...] = ()
    node, wait, ended = "", 0.0, False
    for one in said:
        match one:
            case robot.Say():
                spoken.append(one.text)
            case robot.Wait():
                choices, node, wait = one.choices, one.node, one.seconds or 0.0
            case robot.End():
                ended = True
                if one.text:
                    spoken.append(one.text)
            case robot.Log():
                effects += _recorded(hub, call, one)
            case _:
                pass
    if spoken or ended:
        shown = [ChoiceInfo(choice.key, choice.label) for choice in choices]
        text = "\n".join(spoken)
        prompt = Prompted(call.menu.id, node, text, [] if ended else shown, wait, ended, ref)
        effects.append(Send(session.number, prompt))
    if ended:
        session.call = None
    elif wait:
        effects.append(Later(now + wait, Alarm("call", session.number, call.generation)))
    for one in said:
        if isinstance(one, robot.EnterRoom):
            effects += _to_room(hub, session, one.room, now)
    return effects


def _to_room(hub: Hub, session: Session, room: str, now: float) -> list[Effect]:
    """Takes the caller to a room; who has no name yet is given one first."""
    join = Join(room=room)
    if session.state is State.READY:
        return hub.enter(session, join, now)
    session.then = join
    return hub.login_guest(session, now)


def _recorded(hub: Hub, call: Call, log: robot.Log) -> list[Effect]:
    what = {"node": log.node, "what": log.what}
    if log.entry:
        what["entry"] = log.entry
    return [Append(events.CALLS, events.encode(events.Turn(call.name, hub.at, call.menu.id, what)))]
