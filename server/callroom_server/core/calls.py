"""Calls with the robot: the engine decides, this shows what it says, keeps its time, and does its errands."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

import msgspec

from callroom_menus import engine
from callroom_menus import events as robot
from callroom_menus.state import ENDED, NEW, Frame, Phase
from callroom_menus.state import State as Robot
from callroom_server.core import events, running, texts
from callroom_server.core.effects import Alarm, Append, Effect, Later, LookupJob, Run, Send
from callroom_server.core.reading import Wanted
from callroom_server.core.runbooks import Over
from callroom_server.core.sessions import Call, Session, State
from callroom_server.core.state import HeldCall
from callroom_wire.errors import Refused
from callroom_wire.messages import ChoiceInfo, Join, Prompted

if TYPE_CHECKING:
    from callroom_server.core.hub import Hub


LOGIN_SECONDS = 0.5
"""When a wait that is over is looked at again because a login is under way: a commit takes milliseconds."""

DATAGRAMS = "udp"
"""The kind of door that nobody can be a member at: what others say could not be delivered."""

Row = dict[str, str]

_WORDS = frozenset({robot.Say, robot.End, robot.Wait, robot.Log})  # what nobody has to be sent for


def begin(hub: Hub, session: Session, menu: str, ref: int, now: float) -> list[Effect]:
    """A call begins; one that was there ends."""
    effects = hung_up(hub, session, 0, now) if session.call is not None else []
    hub.calls += 1
    session.call = Call(f"{hub.boot:x}-{hub.calls}", NEW, hub.generation())
    return effects + _step(hub, session, session.call, robot.Start(menu), ref, now)


def come_back(hub: Hub, session: Session, call: Call, ref: int, now: float) -> list[Effect]:
    """The caller's attention is back: the robot says where they are."""
    call.heard = True
    return _step(hub, session, call, robot.Return(), ref, now)


def resume(hub: Hub, session: Session, held: HeldCall | None, now: float) -> list[Effect]:
    """A caller is back from a break: the call goes on where it was, in place of one just begun.

    Who sits in a room has come back there; the robot keeps still until it is dialled.
    """
    in_room = any(stream in hub.state.rooms for stream in session.members)
    effects: list[Effect] = []
    if held is not None:
        if session.call is not None:
            effects = _over(hub, session.call, 0)
        session.call = Call(held.name, held.state, hub.generation())
        if not in_room:
            return effects + come_back(hub, session, session.call, 0, now)
    if in_room:
        session.attend_room()
    return effects


def entered(hub: Hub, session: Session, text: str, ref: int, now: float) -> list[Effect]:
    """The caller entered something; whoever was in a room until now is back with it."""
    call = session.call
    assert call is not None
    back = come_back(hub, session, call, 0, now) if call.state.phase is Phase.AWAY else []
    call.heard = True
    return back + _step(hub, session, call, robot.Text(text), ref, now)


def hung_up(hub: Hub, session: Session, ref: int, now: float) -> list[Effect]:
    """The caller ended the call."""
    assert session.call is not None
    call, session.call = session.call, None
    ended = Prompted(menu=call.menu, text=texts.word(session.lang, "call_ended"), ended=True, ref=ref)
    return [*_over(hub, call, session.device), Send(session.number, ended)]


def broken_off(hub: Hub, session: Session) -> list[Effect]:
    """The caller is gone and cannot come back to the call: for the record, that is hanging up."""
    if session.call is None:
        return []
    call, session.call = session.call, None
    return _over(hub, call, session.device)


def _over(hub: Hub, call: Call, device: int) -> list[Effect]:
    _, said = engine.step(hub.shelf, call.state, robot.Hangup(), hub.at / 1000)
    return _recorded(hub, call, call.menu, said, ENDED, device)


def silence(hub: Hub, alarm: Alarm, now: float) -> list[Effect]:
    """A wait's time is up, unless something was entered since, or the caller is elsewhere."""
    session = hub.sessions.get(alarm.number)
    call = session.call if session is not None else None
    if session is None or call is None or call.generation != alarm.generation:
        return []
    if call.alarm_at <= now:
        call.alarm_at = inf
    if not call.heard:
        return []
    if now < call.due:
        return _wake(session, call)
    if session.state is State.LOGGING_IN:  # the robot may ask for a login itself, and one is under way
        return [Later(now + LOGIN_SECONDS, alarm)]
    return _step(hub, session, call, robot.Silence(), 0, now)


def named(hub: Hub, session: Session) -> list[Effect]:
    """The caller has a device now: from here on the call outlives the connection."""
    call = session.call
    if call is None or not call.state.frames:
        return []
    log = robot.Log(hub.at / 1000, call.state.frames[-1].node, "login")
    return _recorded(hub, call, call.menu, (log,), call.state, session.device)


def looked_up(
    hub: Hub, session: Session, wanted: Wanted, row: Row | Exception | None, now: float
) -> list[Effect]:
    """A source has answered; an answer that comes too late, or to a call that is over, is not accepted."""
    call = session.call
    if call is None or call.name != wanted.stream:
        return []
    if isinstance(row, Exception):
        return _step(hub, session, call, robot.LookupFailed(wanted.ref, str(row)), 0, now)
    happened = robot.LookupMissing(wanted.ref) if row is None else robot.LookupDone(wanted.ref, row)
    return _step(hub, session, call, happened, 0, now)


def ran(
    hub: Hub, session: Session, wanted: Wanted, output: bytes, end: Over | Refused, now: float
) -> list[Effect]:
    """A runbook has ended; as with a look-up, what comes too late is not accepted."""
    call = session.call
    if call is None or call.name != wanted.stream:
        return []
    if isinstance(end, Refused):
        return _step(hub, session, call, robot.LookupFailed(wanted.ref, end.code), 0, now)
    if end.code or end.reason:
        reason = end.reason or f"exit code {end.code}"
        return _step(hub, session, call, robot.LookupFailed(wanted.ref, reason), 0, now)
    row = {"output": output.decode("utf-8", "replace"), "seconds": f"{end.seconds:.1f}"}
    return _step(hub, session, call, robot.LookupDone(wanted.ref, row), 0, now)


def _step(
    hub: Hub, session: Session, call: Call, happened: robot.Input, ref: int, now: float
) -> list[Effect]:
    began = call.menu
    call.state, said = engine.step(hub.shelf, call.state, happened, hub.at / 1000)
    last = said[-1]
    if isinstance(last, robot.Unaccepted):
        return []
    menu = call.menu or began
    effects = _recorded(hub, call, menu, said, call.state, session.device)
    spoken = [one.text for one in said if isinstance(one, (robot.Say, robot.End)) and one.text]
    ended = isinstance(last, robot.End)
    secret = isinstance(last, robot.Wait) and last.secret
    formed = session.forms and isinstance(last, robot.Wait) and last.form is not None
    # That nothing is secret any more is told, too, and that nothing is asked for.
    if spoken or ended or ref or secret or call.secret or formed or call.formed:
        effects.append(Send(session.number, _prompt(menu, spoken, last, ref, session.forms)))
    call.secret, call.formed = secret, formed
    if ended:
        session.call = None
    elif isinstance(last, robot.Wait) and last.seconds is not None:
        call.due = now + last.seconds
        effects += _wake(session, call)
    else:
        call.due = inf
    for one in said:
        if type(one) not in _WORDS:
            effects += _errand(hub, session, call, menu, one, now)
    return effects


def _wake(session: Session, call: Call) -> list[Effect]:
    """An alarm for the end of a wait, unless one comes before it anyway."""
    if call.alarm_at <= call.due:
        return []
    call.alarm_at = call.due
    return [Later(call.due, Alarm("call", session.number, call.generation))]


def _prompt(menu: str, spoken: list[str], last: robot.Effect, ref: int, forms: bool) -> Prompted:
    text = "\n".join(spoken)
    if not isinstance(last, robot.Wait):
        return Prompted(menu=menu, text=text, ended=isinstance(last, robot.End), ref=ref)
    choices = [ChoiceInfo(choice.key, choice.label) for choice in last.choices]
    form = last.form if forms else None
    return Prompted(menu, last.node, text, choices, last.seconds or 0.0, last.secret, ref=ref, form=form)


def _errand(hub: Hub, session: Session, call: Call, menu: str, one: robot.Effect, now: float) -> list[Effect]:
    match one:
        case robot.EnterRoom():
            return _to_room(hub, session, one.room, now)
        case robot.Lookup():
            wanted = Wanted("lookup", session.number, one.ticket, call.name)
            return [Run(session.number, LookupJob(one.source, one.key, one.args), hub.ticket(wanted))]
        case robot.Run():
            wanted = Wanted("run", session.number, one.ticket, call.name)
            return [running.execute(hub, wanted, one.runbook, list(one.args))]
        case robot.Handoff():  # there is no desk yet, so nobody is at it
            return _step(hub, session, call, robot.AgentEvent("full", one.ticket), 0, now)
        case robot.Save():
            kept = events.Kept(call.name, hub.at, menu, one.what, one.values, session.name)
            return [Append(events.MESSAGES, events.encode(kept))]
        case _:
            return []


def _to_room(hub: Hub, session: Session, room: str, now: float) -> list[Effect]:
    """Takes the caller to a room; who has no name yet is given one first.

    A door of single datagrams has no rooms: there the call ends with the reason.
    """
    if session.door == DATAGRAMS:
        return [hub.error(session, Refused("no_rooms_here"), 0), *hung_up(hub, session, 0, now)]
    join = Join(room=room)
    if session.state is State.READY:
        return hub.enter(session, join, now)
    session.then = join
    return hub.login_guest(session, now)


def _recorded(
    hub: Hub, call: Call, menu: str, said: tuple[robot.Effect, ...], state: Robot, device: int
) -> list[Effect]:
    """What happened, for the record; with it, for a caller who can come back, where the call stands."""
    effects: list[Effect] = []
    version = state.frames[0].hash if state.frames else ""
    held = recordable(state) if device else None
    for log in said:
        if not isinstance(log, robot.Log):
            continue
        what = {"node": log.node, "what": log.what}
        if log.entry:
            what["entry"] = log.entry
        if log.menu:
            what["menu"] = log.menu
        turn = events.Turn(call.name, hub.at, menu, what, version, device, held)
        effects.append(Append(events.CALLS, events.encode(turn)))
    return effects


def recordable(state: Robot) -> Robot:
    """The state less every secret: what is missing is asked for again after a break.

    Gone are the values of masked slots, whatever contains one of them (a row that was found by it, say), and
    what may be meant for such a slot: an entry that waits for its confirmation, or for the end of a look-up.
    """
    secrets = {frame.variables.get(name, "") for frame in state.frames for name in frame.masked} - {""}
    if not secrets and not state.queued and not any(frame.pending for frame in state.frames):
        return state
    frames = tuple(_bare(frame, secrets) for frame in state.frames)
    return msgspec.structs.replace(state, frames=frames, queued=())


def _bare(frame: Frame, secrets: set[str]) -> Frame:
    known = {
        name: value
        for name, value in frame.variables.items()
        if not any(secret in value for secret in secrets)
    }
    return msgspec.structs.replace(frame, variables=known, pending="")
