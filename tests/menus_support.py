"""What the tests of the robot share: small menus, and a call that checks itself at every turn."""

import msgspec

from callroom_menus import NEW, Effect, Input, MenuError, Menus, Problem, Say, State, Unaccepted, parse, step

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

FULL = f"""{HEAD}
[defaults]
timeout = 5
attempts = 3
give_up = "agent"
exit_words = ["exit"]

[global.keys]
"*" = {{ label = "back", do = "back" }}
0 = {{ label = "desk", goto = "agent", words = ["human"] }}

[hours.desk]
tz = "Asia/Shanghai"
week = {{ mon-fri = ["08:00-12:00", "13:30-20:00"], sat-sun = ["22:00-02:00"] }}
closed = ["2026-10-01/2026-10-07"]
open = {{ 2026-10-10 = ["08:00-18:00"] }}

[node.main]
say = "hello{{menu}}"
keys.1 = {{ label = "balance", goto = "phone", words = ["balance", "my data"] }}
keys.2 = {{ label = "plans", call = "plans#main", with = {{ phone = "{{phone}}" }}, returns = ["plan"] }}
keys.3 = {{ label = "gold", goto = "gold", when = 'acct.plan == "gold"' }}
keys.4 = {{ label = "order", goto = "amount" }}
keys.9 = {{ label = "中文", goto = "main", set = {{ lang = "zh" }} }}

[node.phone]
ask = {{ slot = "phone", type = "digits", pattern = '1[3-9]\\d{{9}}', end_key = "#", mask = true }}
say = "number?"
no_match = ["eleven digits"]
confirm = "{{phone}}?"
keep = true
goto = "balance"

[node.balance]
say = "looking"
lookup = {{ source = "accounts", key = "{{phone}}", args = {{ month = "10" }}, save = "acct", timeout = 3 }}
found = {{ say = "you have {{acct.balance}}", goto = "main" }}
not_found = {{ say = "no such number", goto = "retry" }}
error = {{ say = "busy", goto = "agent" }}

[node.retry]
set = {{ phone = "" }}
when = [{{ if = "visits.retry >= 3", goto = "agent" }}, {{ else = true, goto = "phone" }}]

[node.gold]
say = "gold since {{acct.since}}, lines {{lines}}"
goto = "main"

[node.amount]
ask = {{ slot = "amount", type = "amount", min = 1, max = 500 }}
say = "how much?"
goto = "colour"

[node.colour]
ask = {{ slot = "colour", type = "choice", options = {{ 1 = "red", 2 = "blue" }} }}
say = "which?{{menu}}"
confirm = "{{amount}} of {{colour.label}}?"
goto = "message"

[node.agent]
say = "through"
handoff = {{ queue = "general", skill = "{{colour}}", hours = "desk", pass = ["phone"], max_wait = 60 }}
waiting = {{ every = 20, say = "{{ahead}} ahead, {{eta}}", keys.2 = "message" }}
closed = {{ say = "closed: {{hours.desk}}", goto = "message" }}
unanswered = {{ say = "nobody", goto = "message" }}
done = "rate"

[node.message]
ask = {{ slot = "message", type = "text", max = 20 }}
say = "your message"
save = "message"
pass = ["phone"]
goto = "bye"

[node.rate]
rate = {{ save = "csat", of = "agent", options = {{ 1 = "good", 2 = "bad" }} }}
goto = "bye"

[node.bye]
end = "bye {{agent}}"
"""

PLANS = """\
schema = 1
id = "plans"
title = "plans"
lang = "en"
start = "main"
[defaults]
give_up = "return"
timeout = 5
attempts = 2
[global.keys]
"*" = { label = "back", do = "back" }
[node.main]
say = "plans for {phone}{menu}"
keys.1 = { label = "gold", goto = "gold" }
keys.2 = { label = "again", call = "plans" }
keys.3 = { label = "menu", call = "t#main" }
[node.gold]
set = { plan = "gold" }
goto = "return"
"""

CHINESE = """\
schema = 1
lang = "zh"
title = "测试"
[node.main]
say = "您好{menu}"
keys.1 = { label = "余额", words = ["余额"] }
[node.phone]
say = "号码?"
no_match = ["十一位"]
[node.balance]
found = { say = "余额{acct.balance}" }
[node.colour]
ask = { options = { 1 = "红" } }
"""


def problems_in(text: str, overlays: dict[str, str] | None = None) -> tuple[Problem, ...]:
    """What the loader says against a menu; empty if nothing."""
    try:
        parse(text, "t.toml", overlays)
    except MenuError as error:
        return error.problems
    return ()


class Conversation:
    """A call: each turn survives JSON, and what is not accepted changes nothing."""

    def __init__(self, menus: Menus) -> None:
        self.menu = menus
        self.state = NEW
        self.now = NOW

    def on(self, *inputs: Input) -> tuple[Effect, ...]:
        """The effects of the last of these inputs."""
        effects: tuple[Effect, ...] = ()
        for happened in inputs:
            before = self.state
            self.state, effects = step(self.menu, before, happened, self.now)
            if isinstance(effects[0], Unaccepted):
                assert self.state is before
                assert len(effects) == 1
            survivor = msgspec.json.decode(msgspec.json.encode(self.state), type=State)
            assert survivor == self.state
            self.state = survivor
        return effects

    def says(self, *inputs: Input) -> list[str]:
        """What is said after the last of these inputs."""
        return [effect.text for effect in self.on(*inputs) if isinstance(effect, Say)]
