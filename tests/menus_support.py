"""What the tests of the robot share: small menus, and a call that checks itself at every turn."""

import msgspec

from callroom_menus import NEW, Effect, Input, Menu, MenuError, Problem, State, Unaccepted, parse, step

NOW = 1_700_000_000.0

HEAD = """\
schema = 1
id = "t"
title = "test"
lang = "en"
start = "main"
"""

TWO_KEYS = f"""{HEAD}
[defaults]
timeout = 5
no_match = ["no?", "no!{{menu}}"]
no_input = ["hm?"]
give_up = "bye"
exit_words = ["exit"]

[global.keys]
"*" = {{ label = "back", do = "back" }}
"#" = {{ label = "again", do = "repeat" }}
0 = {{ label = "desk", goto = "desk", words = ["human"] }}

[node.main]
say = "hello{{menu}}"
say_again = "choose"
keys.1 = {{ label = "one", goto = "one", words = ["uno", "number one"] }}
keys.2 = {{ label = "two", goto = "two", words = ["dos", "number"] }}
keys.7 = {{ label = "room", room = "lobby" }}

[node.one]
say = "one"
keys.1 = {{ label = "deep", goto = "deep" }}
keys.9 = {{ label = "top", do = "top" }}

[node.deep]
say = "deep"
keys.2 = {{ label = "two", goto = "two" }}
keys.8 = {{ label = "end", do = "end" }}

[node.two]
say = "two"
keys.1 = {{ label = "one", goto = "one" }}
keys.0 = {{ label = "zero", goto = "desk" }}

[node.desk]
say = "nobody"
goto = "main"

[node.bye]
end = "bye"
"""


def problems_in(text: str) -> tuple[Problem, ...]:
    """What the loader says against a menu; empty if nothing."""
    try:
        parse(text, "t.toml")
    except MenuError as error:
        return error.problems
    return ()


class Conversation:
    """A call: each turn survives JSON, and what is not accepted changes nothing."""

    def __init__(self, menu: Menu) -> None:
        self.menu = menu
        self.state = NEW

    def on(self, *inputs: Input) -> tuple[Effect, ...]:
        """The effects of the last of these inputs."""
        effects: tuple[Effect, ...] = ()
        for happened in inputs:
            before = self.state
            self.state, effects = step(self.menu, before, happened, NOW)
            if isinstance(effects[0], Unaccepted):
                assert self.state is before
                assert len(effects) == 1
            survivor = msgspec.json.decode(msgspec.json.encode(self.state), type=State)
            assert survivor == self.state
            self.state = survivor
        return effects
