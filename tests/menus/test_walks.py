"""Random calls over shipped and random menus: they never raise, and always wait, rest or end."""

from hypothesis import given, settings
from hypothesis import strategies as st

from callroom_menus import (
    AgentEvent,
    End,
    EnterRoom,
    Hangup,
    Input,
    Log,
    LookupDone,
    LookupFailed,
    LookupMissing,
    Menu,
    Menus,
    Return,
    Say,
    Shelf,
    Silence,
    Start,
    Text,
    Unaccepted,
    Wait,
    library,
    load,
    parse,
    shipped,
)
from callroom_menus.errand import MAX_QUEUED
from callroom_menus.events import AgentKind
from callroom_menus.turn import MAX_STACK
from menus_support import CHINESE, FULL, HEAD, NOW, PLANS, TWO_KEYS, Conversation

SHIPPED = [load(shipped(name)) for name in library()]
FULL_MENU, PLAN_MENU = parse(FULL, "t.toml", {"t.zh.toml": CHINESE}), parse(PLANS, "plans.toml")
SHELVES = [
    *(Shelf(SHIPPED, menu.id) for menu in SHIPPED),
    Shelf([parse(TWO_KEYS, "t.toml")], "t"),
    *[Shelf([FULL_MENU, PLAN_MENU], "t")] * 3,
]
SECRET = "13800138000"
WORDS = [
    "exit",
    "余额",
    "CXYE",
    "人工",
    "back",
    "0000",
    "uno",
    "1*2",
    "112",
    "\uff11",
    "好的,流量",
    SECRET,
    SECRET,
]
SAID = [*WORDS, "1", "1", "2", "ballance", "yes", "12.5元", "2026-10-01", "red"]
KINDS: list[AgentKind] = ["waiting", "answered", "closed", "full", "timeout", "ended"]
TEXTS = st.text("0123456789*#", max_size=6) | st.sampled_from(SAID) | st.text(max_size=20)
TICKETS = st.integers(0, 3)
ROWS = st.dictionaries(st.sampled_from(["balance", "plan", "a b", ""]), st.text(max_size=8), max_size=3)
OUTSIDE = st.one_of(
    st.builds(LookupDone, TICKETS, ROWS),
    st.builds(LookupMissing, TICKETS),
    st.builds(LookupFailed, TICKETS, st.text(max_size=5)),
    st.builds(AgentEvent, st.sampled_from(KINDS), st.integers(0, 1), st.text(max_size=5), st.integers(0, 9)),
)
INPUTS = st.one_of(
    TEXTS.map(Text),
    TEXTS.map(Text),
    OUTSIDE,
    st.sampled_from([Silence(), Return()]),
    st.sampled_from([Start(), Hangup()]),
)


def walk(menus: Menus, inputs: list[Input], hours: float = 0) -> Conversation:
    """Plays the inputs, and holds every turn to what all turns promise."""
    conversation = Conversation(menus)
    conversation.now = now = NOW + hours * 3600
    for happened in inputs:
        effects = conversation.on(happened)
        first, last = effects[0], effects[-1]
        if isinstance(first, Unaccepted):
            continue
        assert isinstance(first, Log)
        assert first.at == now
        assert isinstance(last, Wait | EnterRoom | End)
        assert sum(isinstance(effect, Wait | EnterRoom | End) for effect in effects) == 1
        state = conversation.state
        assert len(state.frames) <= MAX_STACK
        assert len(state.queued) <= MAX_QUEUED
        for frame in state.frames:
            menu = menus.find(frame.menu, frame.hash)
            assert menu is not None
            assert frame.node in menu.nodes or (frame is not state.frames[-1] and frame.node == "")
            assert frame.node not in frame.history
            assert len(set(frame.history)) == len(frame.history)
    return conversation


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(SHELVES), st.lists(INPUTS, max_size=40), st.integers(0, 24 * 7))
def test_shipped_menus(shelf: Shelf, inputs: list[Input], hours: int) -> None:
    walk(shelf, [Start(), *inputs], hours)


@settings(max_examples=60, deadline=None)
@given(st.lists(INPUTS, max_size=12))
def test_what_is_masked_is_never_said_nor_recorded(inputs: list[Input]) -> None:
    conversation = Conversation(Shelf([FULL_MENU, PLAN_MENU], "t"))
    conversation.on(Start(), Text("1"), Text(SECRET), Text("1"))
    for happened in inputs:
        # What is typed where nothing is secret is recorded there, also if it had to wait for a look-up's end.
        typed = (*conversation.state.queued, *([happened.text] if isinstance(happened, Text) else []))
        for effect in conversation.on(happened):
            if isinstance(effect, Say):
                assert SECRET not in effect.text
            elif isinstance(effect, Log) and not any(SECRET in text for text in typed):
                assert SECRET not in effect.entry


NODES = [f"n{number}" for number in range(5)]
KEYS = st.text("012*#", min_size=1, max_size=2)
TARGETS = st.sampled_from(NODES)


SET = ['v = "x"', 'lang = "zh"', 'lang = "en"']
CONDITIONS = st.sampled_from(["v == 'x'", "not w", "visits.n1 > 2", "open('h')", "r.balance < 5 or w == 2"])


@st.composite
def choices(draw: st.DrawFn) -> str:
    actions = TARGETS.map('goto = "{}"'.format) | st.sampled_from(
        [
            'room = "r"',
            'do = "back"',
            'do = "repeat"',
            'do = "top"',
            'do = "end"',
            'goto = "return"',
            'call = "t", with = { v = "{w}{v}" }, returns = ["v"]',
            'call = "t#n3"',
            'call = "nowhere"',
        ]
    )
    hidden = ", hidden = true" if draw(st.booleans()) else ""
    values = draw(
        st.sampled_from(["", ', set = { v = "x" }', ', set = { lang = "zh" }', ', set = { lang = "en" }'])
    )
    words = draw(st.sampled_from(["", ', words = ["ballance"]']))
    when = f', when = "{draw(CONDITIONS)}"' if draw(st.integers(0, 3)) == 0 else ""
    return f'{{ label = "l", {draw(actions)}{hidden}{values}{words}{when} }}'


def keys(prefix: str) -> st.SearchStrategy[str]:
    tables = st.dictionaries(KEYS, choices(), min_size=1, max_size=4).filter(
        lambda table: sum("words" in choice for choice in table.values()) < 2
    )
    return tables.map(lambda table: "".join(f'{prefix}"{key}" = {value}\n' for key, value in table.items()))


SLOTS = [
    'type = "digits", mask = true, pattern = "1[0-9]*"',
    'type = "choice", options = { 1 = "red", 2 = "blue" }',
    'type = "text", max = 9',
    'type = "amount", min = 1',
    'type = "date"',
]
PLAIN = ["goto", "room", "end", "when", "lookup", "handoff", "call"]


@st.composite
def nodes(draw: st.DrawFn) -> str:
    said = 'say = "{v}{w}{{"\n' + draw(st.sampled_from(["", 'say_again = ""\n', 'say_again = "again {v}"\n']))
    kind = draw(st.sampled_from(["keys", "keys", "keys", "ask", "ask", "rate", *PLAIN]))
    goto = f'goto = "{draw(TARGETS)}"\n'
    waiting = f'timeout = {draw(st.sampled_from([0, 1]))}\ngive_up = "{draw(TARGETS | st.just("never"))}"\n'
    edge = draw(TARGETS)
    match kind:
        case "keys":
            return said + waiting + draw(keys("keys."))
        case "ask":
            keep = draw(st.sampled_from(["", "keep = true\n", 'confirm = "{w}?"\n', 'save = "m"\n']))
            return f'{said}{waiting}{goto}{keep}ask = {{ slot = "w", {draw(st.sampled_from(SLOTS))} }}\n'
        case "rate":
            return f'{waiting}{goto}rate = {{ save = "c", of = "agent", options = {{ 1 = "good" }} }}\n'
        case "end":
            return said + 'end = "bye {v}"\n'
        case "room":
            return f'{said}room = "r"\n{goto}'
        case "call":
            return f'{said}call = "t#{edge}"\n' + draw(st.sampled_from(["", goto]))
        case "when":
            return f'{said}{goto}when = [{{ if = "{draw(CONDITIONS)}", goto = "{edge}" }}]\n'
        case "lookup":
            edges = f'found = "{edge}"\nnot_found = "{draw(TARGETS)}"\nerror = "{draw(TARGETS)}"\n'
            return f'{said}lookup = {{ source = "s", key = "{{w}}", save = "r" }}\n{edges}'
        case "handoff":
            hours = draw(st.sampled_from(["", ', hours = "h"']))
            edges = f'closed = "{edge}"\nunanswered = "{draw(TARGETS)}"\ndone = "{draw(TARGETS)}"\n'
            waits = f'waiting = {{ say = "{{ahead}}", keys.2 = "{draw(TARGETS)}" }}\n'
            return f'{said}handoff = {{ queue = "q", pass = ["w"]{hours} }}\n{edges}{waits}'
        case _:
            return said + goto


@st.composite
def menus(draw: st.DrawFn) -> Menu:
    text = HEAD.replace('"main"', '"n0"') + "[global.keys]\n" + draw(keys(""))
    text += '[hours.h]\ntz = "Asia/Shanghai"\nweek = { mon-fri = ["08:00-20:00"] }\n'
    text += "".join(f"[node.{name}]\n{draw(nodes())}" for name in NODES)
    text += '[node.set]\nset = { v = "y", w = "" }\ngoto = "n0"\n'
    return parse(text, "random.toml", {"random.zh.toml": 'schema = 1\nlang = "zh"\n[node.n0]\nsay = "{v}"\n'})


@settings(max_examples=150, deadline=None)
@given(menus(), st.lists(INPUTS, max_size=25), st.integers(0, 48))
def test_random_menus(menu: Menu, inputs: list[Input], hours: int) -> None:
    walk(menu, [Start(), *inputs], hours)


@settings(max_examples=40, deadline=None)
@given(menus(), menus(), st.lists(INPUTS, max_size=8), st.lists(INPUTS, max_size=8))
def test_a_menu_that_changes_under_a_call(
    old: Menu, new: Menu, before: list[Input], after: list[Input]
) -> None:
    conversation = Conversation(old)
    conversation.on(Start(), *before)
    conversation.menu = new
    for happened in after:
        last = conversation.on(happened)[-1]
        assert isinstance(last, Wait | EnterRoom | End | Unaccepted)
