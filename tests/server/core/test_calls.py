"""Calls in the house: look-ups that take their time, secrets, messages, an empty desk, and breaks."""

import msgspec
import pytest

from callroom_menus import Menu, parse
from callroom_menus.shelf import Shelf
from callroom_menus.state import Frame, Phase, State
from callroom_server.core import events
from callroom_server.core.calls import recordable
from callroom_server.core.effects import LookupJob, Run
from callroom_server.ledger.memory import MemoryLedger
from callroom_wire import messages as m
from callroom_wire.messages import ClientMessage
from core_support import Playhouse, only

PHONE, PIN = "13800138000", "135790"

DESK = parse(
    """
schema = 1
id = "desk"
title = "Desk"
lang = "en"
start = "main"

[defaults]
timeout = 20
no_match = ["What?"]
give_up = "bye"
exit_words = ["bye"]

[node.main]
say = "Choose."
keys.1 = { label = "balance", goto = "phone" }
keys.2 = { label = "agent", goto = "agent" }
keys.3 = { label = "message", goto = "message" }
keys.4 = { label = "chat", room = "lobby" }

[node.phone]
say = "Your number."
ask = { slot = "phone", type = "digits", mask = true }
confirm = "Is {phone} right?"
goto = "pin"

[node.pin]
say = "Your PIN."
ask = { slot = "pin", type = "digits", len = 6, mask = true }
goto = "balance"

[node.balance]
lookup = { source = "accounts", key = "{phone}:{pin}", save = "acct", timeout = 5 }
found = { say = "You have {acct.balance}.", goto = "main" }
not_found = { say = "No such number.", goto = "main" }
error = { say = "We cannot look.", goto = "main" }

[node.agent]
say = "Putting you through."
handoff = { queue = "general", max_wait = 300 }
waiting = { say = "Please wait." }
closed = { say = "Closed.", goto = "main" }
unanswered = { say = "Nobody is free.", goto = "main" }
done = "main"

[node.message]
say = "Say it."
ask = { slot = "text", type = "text" }
save = "message"
goto = "bye"

[node.bye]
end = "Goodbye."
""",
    "desk.toml",
)


class Slow(Playhouse):
    """Look-ups run until the test answers them."""

    def __init__(self, ledger: MemoryLedger | None = None, menu: Menu = DESK, boot: int = 1) -> None:
        self.jobs: list[tuple[Run, LookupJob]] = []
        super().__init__(ledger, boot=boot)
        self.hub.shelf = Shelf([menu], menu.id)

    def run(self, run: Run) -> None:
        if isinstance(run.job, LookupJob):
            self.jobs.append((run, run.job))
        else:
            super().run(run)

    def answer(self, row: dict[str, str] | Exception | None, job: int = 0) -> None:
        """The source answers, or cannot."""
        self.carry(self.hub.finished(self.jobs.pop(job)[0], row, self.now))
        self.commit()

    def dial(self, number: int = 1) -> None:
        """A caller at a text door."""
        self.open(number, "text")
        self.ask(number, m.Dial())

    def press(self, *entries: str, number: int = 1) -> list[str]:
        """What the robot says to these, one after the other."""
        return self.texts([one for entry in entries for one in self.ask(number, m.Press(text=entry))])

    def texts(self, messages: list[m.ServerMessage]) -> list[str]:
        return [one.text for one in messages if isinstance(one, m.Prompted)]

    def after(self, number: int, message: ClientMessage) -> list[str]:
        return self.texts(self.ask(number, message))

    def said(self, number: int = 1) -> str:
        """What was said last."""
        return self.texts(self.sent[number])[-1]

    def secret(self, number: int = 1) -> bool:
        """Whether what is typed now should not be shown."""
        return [one for one in self.sent[number] if isinstance(one, m.Prompted)][-1].secret

    def records(self, stream: str) -> list[events.AnyEvent]:
        found = self.ledger.reader().read(stream, 0, 1 << 40, 1000, False)
        return [events.decode(record.event) for record in found]

    def everything(self) -> bytes:
        """All that is on record."""
        found = [self.ledger.reader().read(stream, 0, 1 << 40, 1000, False) for stream in ("calls", "people")]
        return b"".join(record.event for records in found for record in records)


@pytest.fixture
def house() -> Slow:
    house = Slow()
    house.dial()
    return house


def looking(house: Slow) -> None:
    """The caller has said who they are, and waits."""
    house.press("1", PHONE, "1", PIN)
    assert [(job.source, job.key) for _, job in house.jobs] == [("accounts", f"{PHONE}:{PIN}")]


# --- look-ups -----------------------------------------------------------------------------------------------


def test_what_is_typed_during_a_slow_lookup_is_answered_afterwards_in_order(house: Slow) -> None:
    looking(house)
    assert house.press("1", PHONE) == []
    house.answer({"balance": "88.60"})
    assert house.said().startswith("You have 88.60.\nChoose.")
    assert house.said().endswith(f"Is {PHONE[:3]}****{PHONE[-4:]} right?")


def test_a_program_has_an_answer_to_each_entry_also_while_it_waits(house: Slow) -> None:
    looking(house)
    (answer,) = house.ask(1, m.Press(text="1", ref=7))
    assert isinstance(answer, m.Prompted)
    assert (answer.ref, answer.text) == (7, "")


@pytest.mark.parametrize("row", [OSError("down"), TimeoutError("slow"), OverflowError("too many jobs")])
def test_a_source_that_fails_leads_on(row: Exception, house: Slow) -> None:
    looking(house)
    house.answer(row)
    assert house.said().startswith("We cannot look.\nChoose.")


def test_a_source_without_such_a_row_leads_on(house: Slow) -> None:
    looking(house)
    house.answer(None)
    assert house.said().startswith("No such number.")


def test_a_source_that_takes_too_long_is_given_up_and_its_answer_comes_too_late(house: Slow) -> None:
    looking(house)
    house.turn(5.1)
    assert house.said().startswith("We cannot look.")
    before = len(house.sent[1])
    house.answer({"balance": "1"})
    assert len(house.sent[1]) == before


def test_an_answer_for_a_call_that_is_over_is_not_one_for_the_next(house: Slow) -> None:
    looking(house)
    house.ask(1, m.HangUp())
    house.ask(1, m.Dial())
    house.press("1", PHONE, "1", PIN)
    house.answer({"balance": "of the first"})
    assert "of the first" not in house.said()
    house.answer({"balance": "5"})
    assert house.said().startswith("You have 5.")


def test_an_answer_for_a_caller_who_is_gone_is_nobodys(house: Slow) -> None:
    looking(house)
    house.lose(1)
    house.answer({"balance": "1"})


# --- messages and the desk ----------------------------------------------------------------------------------


def test_a_message_is_kept_with_who_left_it_and_with_which_menu(house: Slow) -> None:
    house.ask(1, m.Login(name="Ann"))
    house.press("3", "Call me back")
    (kept,) = house.records(events.MESSAGES)
    assert isinstance(kept, events.Kept)
    assert (kept.menu, kept.what, kept.values, kept.by) == (
        "desk",
        "message",
        {"text": "Call me back"},
        "Ann",
    )
    assert only(house.sent[1][-1:], m.Prompted).ended


def test_with_nobody_at_the_desk_a_handoff_is_unanswered_at_once(house: Slow) -> None:
    before = house.now
    assert house.press("2") == ["Putting you through.", "Nobody is free.\nChoose."]
    assert house.now == before
    whats = [one.what["what"] for one in house.records(events.CALLS) if isinstance(one, events.Turn)]
    assert whats == ["start", "key", "full"]
    house.turn(19)  # the queue's own time does not count any more
    assert house.said() == "Nobody is free.\nChoose."


# --- silence ------------------------------------------------------------------------------------------------


def test_however_many_keys_there_is_one_alarm_and_silence_counts_from_the_last(house: Slow) -> None:
    for _ in range(50):
        house.now += 1
        house.press("9", "1", "bye")  # not understood; a question; the end
        house.ask(1, m.Dial())
    ours = [later for later in house.alarms if later.alarm.kind == "call"]
    assert len({later.alarm.generation for later in ours}) == len(ours) == 51  # one for each call
    before = len(house.sent[1])
    house.turn(19)
    house.press("9")
    for _ in range(19):
        house.turn(1)
    assert len(house.sent[1]) == before + 1
    house.turn(1)
    house.turn(0)
    assert len(house.sent[1]) == before + 2


def test_a_shorter_wait_is_not_kept_waiting_by_the_alarm_of_a_longer_one(house: Slow) -> None:
    looking(house)  # 5 seconds, after waits of 20
    house.turn(5)
    assert house.said().startswith("We cannot look.")
    house.turn(16)  # the alarms of before find nothing to do
    assert house.said().startswith("We cannot look.")
    house.turn(4)
    assert not house.said().startswith("We cannot look.")


# --- secrets ------------------------------------------------------------------------------------------------


def test_what_is_secret_is_told_and_when_it_is_no_more(house: Slow) -> None:
    told: list[bool] = []
    for entry in ("1", PHONE, "1", "12", PIN):
        house.press(entry)
        told.append(house.secret())
    assert told == [True, True, True, True, False]
    assert house.said() == ""  # nothing is said while it looks; only that what is typed may be seen


def test_nothing_masked_is_ever_recorded(house: Slow) -> None:
    house.ask(1, m.Login(name="Ann"))
    house.press("1", PHONE)  # waits for its confirmation
    house.press("1", f"{PIN}9", PIN, f"{PIN}8")  # wrong, right, and one more while it looks
    house.answer({"phone": PHONE, "login": f"{PHONE}:{PIN}", "balance": "88.60"})
    house.ask(1, m.Dial())
    recorded = house.everything()
    assert PHONE.encode() not in recorded
    assert PIN.encode() not in recorded
    assert b'"acct.balance":"88.60"' in recorded  # what is no secret is there after a break


def test_a_state_without_secrets_is_recorded_as_it_is() -> None:
    state = State(Phase.WAITING, (Frame("m", "1", "n", variables={"a": "b"}, masked=("gone",)),))
    assert recordable(state) is state


def test_a_secret_of_one_menu_is_none_in_another_either() -> None:
    frames = (
        Frame("m", "1", "n", variables={"who": "x 4711", "ok": "471"}),
        Frame("m", "2", "n", variables={"pin": "4711"}, masked=("pin",), pending="9"),
    )
    kept = recordable(State(Phase.LOOKING, frames, queued=("4711",)))
    assert [frame.variables for frame in kept.frames] == [{"ok": "471"}, {}]
    assert (kept.queued, kept.frames[1].pending, kept.frames[1].masked) == ((), "", ("pin",))


# --- breaks -------------------------------------------------------------------------------------------------


def again(house: Slow, token: str, crash: bool) -> Slow:
    """The caller's connection breaks, or the whole house, and they come back at a text door."""
    house.lose(1)
    if crash:
        at = house.hub.at
        house = Slow(MemoryLedger(store=house.ledger.store), boot=2)
        house.hub.at = at
    house.dial(2)
    house.ask(2, m.Resume(token=token))
    return house


@pytest.mark.parametrize("crash", [False, True])
def test_a_call_goes_on_after_a_break(crash: bool, house: Slow) -> None:
    token = only(house.ask(1, m.Login(name="Ann")), m.LoggedIn).token
    house.press("1", PHONE, "1")
    house = again(house, token, crash)
    assert house.said(2) == "Your PIN."
    assert house.secret(2)
    house.press(PIN, number=2)
    assert [job.key for _, job in house.jobs] == [f":{PIN}"]  # the number was a secret, too


@pytest.mark.parametrize("crash", [False, True])
def test_a_lookup_that_a_break_has_cut_ends_as_a_slow_one(crash: bool, house: Slow) -> None:
    token = only(house.ask(1, m.Login(name="Ann")), m.LoggedIn).token
    looking(house)
    house.hub.at += 60_000
    house = again(house, token, crash)
    house.turn(0)
    assert house.said(2).startswith("We cannot look.\nChoose.")


@pytest.mark.parametrize("crash", [False, True])
def test_whoever_was_in_a_room_hears_nothing_of_the_robot_after_a_break(crash: bool, house: Slow) -> None:
    house.press("4")
    token = only(house.sent[1], m.LoggedIn).token
    house = again(house, token, crash)
    after = house.sent[2][-2:]
    assert [type(one) for one in after] == [m.LoggedIn, m.Joined]
    for _ in range(10):
        house.turn(30)
    assert house.sent[2][-1] is after[-1]
    assert house.after(2, m.Dial()) == ["Choose."]


@pytest.mark.parametrize("crash", [False, True])
def test_a_call_just_begun_keeps_still_too_when_there_was_none_before(crash: bool, house: Slow) -> None:
    token = only(house.ask(1, m.Login(name="Ann")), m.LoggedIn).token
    house.ask(1, m.HangUp())
    house.ask(1, m.Join(room="lobby"))
    house = again(house, token, crash)
    sent = len(house.sent[2])
    for _ in range(10):
        house.turn(30)
    assert len(house.sent[2]) == sent


def test_who_has_only_direct_lines_is_with_the_robot(house: Slow) -> None:
    token = only(house.ask(1, m.Login(name="Ann")), m.LoggedIn).token
    house.person(5, "Bob")
    house.ask(5, m.Tell(id=1, to="Ann", text="hi"))
    house = again(house, token, False)
    assert house.said(2) == "Choose."
    assert isinstance(house.sent[2][-1], m.Prompted)


def test_the_call_just_begun_ends_when_the_old_one_goes_on_and_does_not_end_it(house: Slow) -> None:
    token = only(house.ask(1, m.Login(name="Ann")), m.LoggedIn).token
    house.press("1")
    house = again(house, token, False)
    turns = [one for one in house.records(events.CALLS) if isinstance(one, events.Turn)]
    assert [turn.what["what"] for turn in turns] == ["start", "login", "key", "start", "hangup", "return"]
    assert [turn.device for turn in turns] == [0, 1, 1, 0, 0, 1]
    held = house.hub.state.devices[1].call
    assert held is not None
    assert held.state.frames[0].node == "phone"


def test_an_entry_from_a_room_comes_back_to_the_robot_first(house: Slow) -> None:
    house.press("4")
    assert house.press("3") == ["Choose.", "Say it."]


def test_an_old_record_of_a_state_can_be_read() -> None:
    """Fields that a later version adds have defaults: a call of today goes on tomorrow."""
    old = b'{"phase":"waiting","frames":[{"menu":"m","hash":"1","node":"n"}]}'
    assert msgspec.json.decode(old, type=State).frames[0].variables == {}
