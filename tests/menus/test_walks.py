"""Random calls over shipped and random menus: they never raise, and always wait, rest or end."""

from hypothesis import given, settings
from hypothesis import strategies as st

from callroom_menus import (
    End,
    EnterRoom,
    Hangup,
    Input,
    Log,
    Menu,
    Return,
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
from menus_support import HEAD, NOW, TWO_KEYS, Conversation

MENUS = [load(shipped(name)) for name in library()] + [parse(TWO_KEYS, "t.toml")]
WORDS = ["exit", "余额", "CXYE", "人工", "back", "0000", "uno", "1*2", "112", "\uff11", "好的,流量"]
TEXTS = st.text("0123456789*#", max_size=6) | st.sampled_from(WORDS) | st.text(max_size=20)
INPUTS = st.one_of(
    TEXTS.map(Text),
    TEXTS.map(Text),
    st.sampled_from([Silence(), Return()]),
    st.sampled_from([Start(), Hangup()]),
)


def walk(menu: Menu, inputs: list[Input]) -> None:
    conversation = Conversation(menu)
    for happened in inputs:
        effects = conversation.on(happened)
        first, last = effects[0], effects[-1]
        if isinstance(first, Unaccepted):
            continue
        assert isinstance(first, Log)
        assert first.at == NOW
        assert isinstance(last, Wait | EnterRoom | End)
        assert sum(isinstance(effect, Wait | EnterRoom | End) for effect in effects) == 1
        for frame in conversation.state.frames:
            assert frame.node in menu.nodes
            assert frame.node not in frame.history
            assert len(set(frame.history)) == len(frame.history)


@settings(max_examples=120, deadline=None)
@given(st.sampled_from(MENUS), st.lists(INPUTS, max_size=40))
def test_shipped_menus(menu: Menu, inputs: list[Input]) -> None:
    walk(menu, [Start(), *inputs])


NODES = [f"n{number}" for number in range(5)]
KEYS = st.text("012*#", min_size=1, max_size=2)
TARGETS = st.sampled_from(NODES)


@st.composite
def choices(draw: st.DrawFn) -> str:
    actions = TARGETS.map('goto = "{}"'.format) | st.sampled_from(
        ['room = "r"', 'do = "back"', 'do = "repeat"', 'do = "top"', 'do = "end"']
    )
    hidden = ", hidden = true" if draw(st.booleans()) else ""
    values = ', set = { v = "x" }' if draw(st.booleans()) else ""
    return f'{{ label = "l", {draw(actions)}{hidden}{values} }}'


def keys(prefix: str) -> st.SearchStrategy[str]:
    tables = st.dictionaries(KEYS, choices(), min_size=1, max_size=4)
    return tables.map(lambda table: "".join(f'{prefix}"{key}" = {value}\n' for key, value in table.items()))


@st.composite
def nodes(draw: st.DrawFn) -> str:
    said = 'say = "{v}{{"\n' + draw(st.sampled_from(["", 'say_again = ""\n', 'say_again = "again {v}"\n']))
    kind = draw(st.sampled_from(["keys", "keys", "goto", "room", "end"]))
    if kind == "keys":
        give_up = draw(TARGETS | st.just("never"))
        timeout = draw(st.sampled_from([0, 1]))
        return f'{said}timeout = {timeout}\ngive_up = "{give_up}"\n{draw(keys("keys."))}'
    if kind == "end":
        return said + 'end = "bye {v}"\n'
    return said + ('room = "r"\n' if kind == "room" else "") + f'goto = "{draw(TARGETS)}"\n'


@st.composite
def menus(draw: st.DrawFn) -> Menu:
    text = HEAD.replace('"main"', '"n0"') + "[global.keys]\n" + draw(keys(""))
    text += "".join(f"[node.{name}]\n{draw(nodes())}" for name in NODES)
    return parse(text + '[node.set]\nset = { v = "y" }\ngoto = "n0"\n', "random.toml")


@settings(max_examples=60, deadline=None)
@given(menus(), st.lists(INPUTS, max_size=25))
def test_random_menus(menu: Menu, inputs: list[Input]) -> None:
    walk(menu, [Start(), *inputs])


@settings(max_examples=25, deadline=None)
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
