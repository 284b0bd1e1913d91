"""Hand-offs: hours, the queue, an agent, and every way that it can end."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from callroom_menus import (
    AgentEvent,
    End,
    Handoff,
    Hangup,
    LeaveQueue,
    Log,
    Option,
    Phase,
    Return,
    Save,
    Say,
    Silence,
    Start,
    Text,
    Unaccepted,
    Wait,
    parse,
)
from callroom_menus.events import AgentKind
from menus_support import CHINESE, FULL, Conversation, problems_in

MENU = parse(FULL, "t.toml", {"t.zh.toml": CHINESE})
MONDAY = datetime(2026, 9, 28, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai")).timestamp()
LEAVE = (Option("2", "Leave the queue"),)


def queued() -> Conversation:
    conversation = Conversation(MENU)
    conversation.now = MONDAY
    conversation.on(Start(), Text("0"))
    return conversation


def talking() -> Conversation:
    conversation = queued()
    conversation.on(AgentEvent("answered", 1, agent="Li"))
    return conversation


def test_while_the_desk_is_open() -> None:
    conversation = Conversation(MENU)
    conversation.now = MONDAY
    assert conversation.on(Start(), Text("0")) == (
        Log(MONDAY, "main", "global", "0"),
        Say("through", (), "agent"),
        Handoff("general", "", {"phone": ""}, 0, 60.0, 1),
        Wait(20.0, "agent", LEAVE),
    )
    assert conversation.state.phase is Phase.QUEUED


def test_while_it_is_closed() -> None:
    conversation = Conversation(MENU)
    conversation.now = MONDAY - 2 * 3600
    assert conversation.says(Start(), Text("0")) == [
        "closed: Mon to Fri 08:00-12:00, 13:30-20:00; Sat to Sun 22:00-02:00",
        "your message",
    ]


def test_the_place_in_the_queue() -> None:
    conversation = queued()
    assert conversation.says(AgentEvent("waiting", 1, ahead=3, eta=130)) == ["3 ahead, about 2 minutes"]
    assert conversation.says(AgentEvent("waiting", 1, ahead=2, eta=70)) == []
    assert conversation.says(Silence()) == ["2 ahead, about 1 minute"]
    conversation.on(AgentEvent("waiting", ahead=0, eta=3))
    assert conversation.says(Return()) == ["0 ahead, less than a minute"]
    assert conversation.on(Text("what?"))[0] == Log(MONDAY, "agent", "no_match", "what?")


@pytest.mark.parametrize("asked", [Silence(), Text("what?"), Return()])
def test_before_the_desk_has_told_the_place(asked: Silence | Text | Return) -> None:
    conversation = queued()
    effects = conversation.on(asked)
    assert effects[1:] == (
        Say("You are in the queue. One moment please.\n2 Leave the queue", LEAVE, "agent"),
        Wait(20.0, "agent", LEAVE),
    )


def test_an_announcement_without_a_place_needs_none() -> None:
    menu = parse(FULL.replace("{ahead} ahead, {eta}", "Hold the line."), "t.toml", {"t.zh.toml": CHINESE})
    conversation = Conversation(menu)
    conversation.now = MONDAY
    conversation.on(Start(), Text("0"))
    assert conversation.says(Silence()) == ["Hold the line."]


def test_the_last_wait_ends_with_the_queue() -> None:
    conversation = queued()
    conversation.now += 50
    assert conversation.on(Silence())[-1] == Wait(10.0, "agent", LEAVE)
    conversation.now += 10
    assert conversation.on(Silence())[:3] == (
        Log(MONDAY + 60, "agent", "timeout"),
        LeaveQueue(1),
        Say("nobody", (), "agent"),
    )
    assert conversation.state.frames[-1].node == "message"


def test_answered_and_ended_and_rated() -> None:
    conversation = queued()
    assert conversation.on(AgentEvent("answered", 1, agent="Li")) == (
        Log(MONDAY, "agent", "answered", "Li"),
        Wait(None, "agent", ()),
    )
    assert conversation.state.phase is Phase.TALKING
    for happened in (Text("1"), Silence(), Return()):
        assert conversation.on(happened) == (Unaccepted(type(happened).__name__, "talking"),)
    assert conversation.says(AgentEvent("ended")) == ["Please rate this call.\n1 good\n2 bad"]
    assert conversation.on(Text("GOOD"))[1:] == (
        Save("rating", {"csat": "1", "csat.label": "good", "agent": "Li"}),
        End("bye Li"),
    )


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("closed", "closed: Mon to Fri 08:00-12:00, 13:30-20:00; Sat to Sun 22:00-02:00"),
        ("full", "nobody"),
        ("timeout", "nobody"),
    ],
)
def test_nobody(kind: AgentKind, said: str) -> None:
    conversation = queued()
    assert conversation.says(AgentEvent(kind, 1)) == [said, "your message"]
    assert conversation.state.frames[-1].history == ("main",)


def test_what_the_desk_cannot_say_now() -> None:
    assert queued().on(AgentEvent("ended", 1)) == (Unaccepted("AgentEvent", "queued"),)
    assert queued().on(AgentEvent("answered", 9)) == (Unaccepted("AgentEvent", "queued"),)
    for kind in ("waiting", "answered", "closed", "full", "timeout"):
        assert talking().on(AgentEvent(kind, 1)) == (Unaccepted("AgentEvent", "talking"),)


def test_every_way_to_leave_is_told_to_the_desk() -> None:
    assert queued().on(Text("2"))[1] == LeaveQueue(1)
    assert queued().on(Text("exit"))[1:] == (LeaveQueue(1), End("Goodbye."))
    for conversation in (queued(), talking()):
        assert conversation.on(Hangup())[1:] == (LeaveQueue(1), End(""))
    for conversation in (queued(), talking()):
        assert conversation.on(Start())[1] == LeaveQueue(1)
    conversation = queued()
    moved = FULL.replace("[node.agent]", "[node.agents]").replace('"agent"', '"agents"')
    conversation.menu = parse(moved, "t.toml", {"t.zh.toml": CHINESE})
    effects = conversation.on(Silence())
    assert effects[:2] == (Log(MONDAY, "agent", "moved"), LeaveQueue(1))


def test_a_rating_may_be_left_out() -> None:
    conversation = talking()
    conversation.on(AgentEvent("ended"))
    assert conversation.on(Text("5"))[0] == Log(MONDAY, "rate", "no_match", "5")
    assert conversation.on(Silence(), Silence())[-1] == Wait(20.0, "agent", LEAVE)


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ('done = "rate"', "", "missing-field"),
        ("closed = {", "closd = {", "missing-field"),
        ('hours = "desk"', 'hours = "dusk"', "unknown-hours"),
        ("{hours.desk}", "{hours.dusk}", "unknown-hours"),
        ('keys.2 = "message"', 'keys.2 = "massage"', "unknown-target"),
        ('queue = "general", ', "", "missing-field"),
        ("max_wait = 60", "max_wait = 0", "out-of-range"),
        ('save = "csat", ', "", "missing-field"),
        ('options = { 1 = "good", 2 = "bad" }', "options = {}", "missing-field"),
    ],
)
def test_what_is_wrong(old: str, new: str, code: str) -> None:
    assert code in [one.code for one in problems_in(FULL.replace(old, new, 1), {"t.zh.toml": CHINESE})]
