"""What the suites of the field check, restated for our robot: W3C's SCXML tests and goflow's fixtures.

SCXML: the implementation report's tests by number (www.w3.org/Voice/2013/scxml-irp). goflow: the sessions of
github.com/nyaruka/goflow that are resumed in another state than they wait in, or after they have expired.
"""

import pytest

from callroom_menus import (
    AgentEvent,
    End,
    Handoff,
    Hangup,
    Input,
    LeaveQueue,
    Log,
    Lookup,
    LookupDone,
    LookupFailed,
    LookupMissing,
    Phase,
    Return,
    Say,
    Silence,
    Start,
    Text,
    Unaccepted,
    Wait,
    parse,
)
from menus_support import HEAD, Conversation

MENU = f"""{HEAD}
[defaults]
timeout = 5
no_match = ["no?"]
no_input = ["hm?"]
attempts = 2
give_up = "bye"
exit_words = ["exit"]

[global.keys]
"*" = {{ label = "back", do = "back" }}
"#" = {{ label = "again", do = "repeat" }}
9 = {{ label = "everywhere", goto = "third" }}

[node.main]
say = "main {{seen}} {{visits.main}}"
set = {{ seen = "set" }}
keys.1 = {{ label = "on", goto = "first" }}
keys.2 = {{ label = "look", goto = "look" }}
keys.3 = {{ label = "agent", goto = "agent" }}
keys.4 = {{ label = "room", room = "lobby" }}
keys.5 = {{ label = "menu", goto = "deep" }}
keys.6 = {{ label = "main", goto = "main" }}

[node.first]
say = "first"
set = {{ step = "1" }}
goto = "second"

[node.second]
say = "second {{step}}"
set = {{ plan = "gold" }}
when = [
  {{ if = 'plan == "silver"', goto = "bye" }},
  {{ if = 'plan == "gold"', goto = "third" }},
  {{ if = 'plan != ""', goto = "bye" }},
]
goto = "bye"

[node.third]
say = "third"
keys.1 = {{ label = "deep", goto = "deep" }}
keys.9 = {{ label = "here", goto = "deep" }}

[node.deep]
say = "deep"
keys.1 = {{ label = "third", goto = "third" }}

[node.look]
lookup = {{ source = "s", key = "1", save = "row", timeout = 3 }}
found = {{ say = "found", goto = "deep" }}
not_found = {{ say = "none", goto = "main" }}
error = {{ say = "failed", goto = "main" }}

[node.agent]
say = "through"
handoff = {{ queue = "q", max_wait = 60 }}
waiting = {{ every = 20, say = "wait", keys.2 = "deep" }}
closed = {{ say = "closed", goto = "main" }}
unanswered = {{ say = "nobody", goto = "main" }}
done = {{ say = "talked", goto = "main" }}

[node.bye]
end = "bye"
"""

MENU_READ = parse(MENU, "t.toml")


def call(*inputs: Input) -> Conversation:
    conversation = Conversation(MENU_READ)
    conversation.on(Start(), *inputs)
    return conversation


def where(conversation: Conversation) -> str:
    return conversation.state.frames[-1].node


# --- SCXML: order -----------------------------------------------------------------------------------


def test_what_is_done_on_entry_comes_before_what_is_said_there() -> None:
    """375, 377: entry's actions, in the order of the document."""
    assert call().says(Start()) == ["main set 1"]


def test_nodes_that_wait_for_nothing_are_passed_before_anything_else_is_heard() -> None:
    """419: a way that needs no event goes before any event."""
    effects = call().on(Text("1"))
    assert [type(one) for one in effects] == [Log, Say, Say, Say, Wait]
    assert [one.text for one in effects if isinstance(one, Say)] == ["first", "second 1", "third"]


def test_of_several_true_conditions_the_first_is_taken_and_no_other() -> None:
    """147 to 149, 403: the first in the order of the document."""
    assert where(call(Text("1"))) == "third"


def test_a_key_of_the_node_goes_before_that_of_all_nodes() -> None:
    """403: what the inner state says goes before what the outer one does."""
    assert where(call(Text("1"), Text("9"))) == "deep"
    assert where(call(Text("5"), Text("9"))) == "third"


def test_leaving_comes_before_the_way_and_the_way_before_arriving() -> None:
    """404 to 406: exit, transition, entry."""
    conversation = call(Text("3"))
    conversation.now += 60
    effects = conversation.on(Silence())
    assert [one if isinstance(one, LeaveQueue) else type(one) for one in effects] == [
        Log, LeaveQueue(1), Say, Say, Wait,
    ]  # fmt: skip
    assert [one.text for one in effects if isinstance(one, Say)] == ["nobody", "main set 2"]


def test_what_came_while_something_else_was_done_is_answered_in_its_order() -> None:
    """144, 421: first what is under way, then the events as they came."""
    effects = call(Text("2"), Text("1"), Text("nonsense"), Text("#")).on(LookupDone(1, {}))
    logs = [(one.node, one.what, one.entry) for one in effects if isinstance(one, Log)]
    assert logs == [
        ("look", "found", ""),
        ("deep", "key", "1"),
        ("third", "no_match", "nonsense"),
        ("third", "global", "#"),
    ]


def test_to_say_something_again_is_not_to_come_again() -> None:
    """503 to 506: a way without a target leaves and enters nothing; one to the node itself does."""
    conversation = call(Text("9"))
    conversation.on(Text("*"))
    assert conversation.says(Text("#")) == ["main set 2"]
    assert conversation.says(Text("6")) == ["main set 3"]


# --- SCXML: history ---------------------------------------------------------------------------------


def test_without_a_history_there_is_no_way_back() -> None:
    """387, 579: before the first visit the default counts; here it is to stay."""
    conversation = call()
    assert conversation.says(Text("*"))[0] == "You are at the top of the menu."
    assert where(conversation) == "main"


def test_history_leads_to_where_one_last_waited_not_to_what_was_passed() -> None:
    """388, 580: the way back ends at a stop; nodes on the way were none."""
    conversation = call(Text("1"), Text("1"))
    assert conversation.state.frames[-1].history == ("main", "third")
    assert conversation.says(Text("*")) == ["third"]
    assert conversation.says(Text("*")) == ["main set 2"]


def test_history_is_of_the_way_that_was_really_gone() -> None:
    """388: the same node by another way has another history."""
    conversation = call(Text("5"), Text("1"))
    assert conversation.state.frames[-1].history == ("main", "deep")
    assert conversation.says(Text("*")) == ["deep"]


def test_nothing_happens_after_the_end() -> None:
    """Final states: who has ended takes no event, and tells its end once."""
    conversation = call(Text("exit"))
    assert conversation.state.phase is Phase.ENDED
    for happened in (Text("1"), Silence(), Return(), Hangup(), LookupDone(1, {})):
        assert isinstance(conversation.on(happened)[0], Unaccepted)


# --- goflow: expirations, and a resume in the wrong state ----------------------------------------------

PHASES: dict[Phase, tuple[Input, ...]] = {
    Phase.WAITING: (),
    Phase.AWAY: (Text("4"),),
    Phase.LOOKING: (Text("2"),),
    Phase.QUEUED: (Text("3"),),
    Phase.TALKING: (Text("3"), AgentEvent("answered", 1, agent="Li")),
    Phase.ENDED: (Text("exit"),),
}
WRONG: dict[Phase, tuple[Input, ...]] = {
    Phase.WAITING: (LookupDone(1, {}), LookupMissing(1), AgentEvent("answered", 1), AgentEvent("ended", 1)),
    Phase.AWAY: (Text("1"), Silence(), LookupFailed(1), AgentEvent("answered", 1)),
    Phase.LOOKING: (LookupDone(2, {}), LookupMissing(0), AgentEvent("answered", 1)),
    Phase.QUEUED: (LookupDone(1, {}), AgentEvent("answered", 2), AgentEvent("ended", 1)),
    Phase.TALKING: (Text("1"), Silence(), Return(), AgentEvent("answered", 1), AgentEvent("ended", 2)),
    Phase.ENDED: (Text("1"), Silence(), Return(), Hangup(), LookupDone(1, {}), AgentEvent("ended", 1)),
}


@pytest.mark.parametrize(("phase", "happened"), [(phase, one) for phase in WRONG for one in WRONG[phase]])
def test_a_resume_in_the_wrong_state_changes_nothing_and_names_both(phase: Phase, happened: Input) -> None:
    conversation = call(*PHASES[phase])
    before = conversation.state
    assert before.phase is phase
    assert conversation.on(happened) == (Unaccepted(type(happened).__name__, phase.value),)
    assert conversation.state == before


def test_a_wait_that_has_expired_goes_its_own_way_and_a_late_answer_finds_nobody() -> None:
    conversation = call(Text("2"))
    conversation.now += 3
    effects = conversation.on(Silence())
    assert [one.what for one in effects if isinstance(one, Log)] == ["error"]
    assert where(conversation) == "main"
    assert conversation.on(LookupDone(1, {})) == (Unaccepted("LookupDone", "waiting"),)
    lookup = next(one for one in conversation.on(Text("2")) if isinstance(one, Lookup))
    assert lookup.ticket == 2
    assert conversation.on(LookupDone(1, {})) == (Unaccepted("LookupDone", "looking"),)


def test_a_silence_too_many_ends_the_wait_for_good() -> None:
    conversation = call(Silence())
    assert conversation.on(Silence())[-1] == End("bye")
    assert conversation.on(Silence()) == (Unaccepted("Silence", "ended"),)


def test_an_agent_who_comes_too_late_is_not_taken() -> None:
    conversation = call(Text("3"), Text("2"))
    assert where(conversation) == "deep"
    assert conversation.on(AgentEvent("answered", 1)) == (Unaccepted("AgentEvent", "waiting"),)
    again = next(one for one in conversation.on(Text("*"), Text("3")) if isinstance(one, Handoff))
    assert conversation.on(AgentEvent("answered", 1)) == (Unaccepted("AgentEvent", "queued"),)
    conversation.on(AgentEvent("answered", again.ticket, agent="Li"))
    assert conversation.state.phase is Phase.TALKING
