"""What the tests of the linter share: a menu in which there is nothing to find, and ways to look."""

from callroom_menus.documents import Document
from callroom_menus.lint import Finding, Outside, lint

SOUND = """\
schema = 1
id = "t"
title = "test"
lang = "en"
start = "main"
[defaults]
timeout = 5
no_match = ["no?"]
no_input = ["hm?"]
give_up = "desk"
exit_words = ["exit"]
[global.keys]
0 = { label = "desk", goto = "desk", words = ["human"] }
"*" = { label = "back", do = "back" }
[hours.desk]
tz = "Asia/Shanghai"
week = { mon-fri = ["08:00-12:00", "13:00-18:00"], sat = ["20:00-02:00"] }
open = { 2026-10-10 = ["08:00-12:00"] }
[node.main]
say = "hello{menu}"
keys.1 = { label = "one", goto = "ask", words = ["uno"] }
keys.2 = { label = "two", goto = "go", set = { topic = "two" } }
keys.3 = { label = "three", call = "other#main" }
[node.go]
say = "so it is {topic}"
goto = "main"
[node.ask]
ask = { slot = "phone", type = "digits", end_key = "#" }
say = "your number, then press #"
confirm = "{phone}: if so press 1, if not press 2"
goto = "look"
[node.look]
lookup = { source = "accounts", key = "{phone}", save = "acct" }
found = { say = "{acct.balance} for {phone}", goto = "main" }
not_found = { say = "press 1 to try again", goto = "main" }
error = { say = "later", goto = "desk" }
[node.desk]
say = "one moment"
handoff = { queue = "general", hours = "desk", pass = ["topic"] }
waiting = { every = 30, say = "{ahead} before you; to leave a message press 2", keys.2 = "bye" }
closed = { say = "open {hours.desk}", goto = "bye" }
unanswered = { say = "busy", goto = "bye" }
done = "rate"
[node.rate]
rate = { save = "csat", options = { 1 = "good", 2 = "bad" } }
goto = "bye"
[node.bye]
end = "bye"
"""
BESIDE = Outside(
    menus={"other": frozenset({"main", "more"}), "t": frozenset()},
    sources=frozenset({"accounts"}),
    queues=frozenset({"general"}),
    runbooks=frozenset({"uptime"}),
)


def found_in(text: str, outside: Outside = BESIDE) -> tuple[Finding, ...]:
    """What the linter finds besides the loader's problems."""
    return lint(Document("t.toml", text), outside)


def changed(*changes: tuple[str, str]) -> str:
    """The sound menu with each first text replaced by the second; the first must be there."""
    text = SOUND
    for before, after in changes:
        assert before in text, before
        text = text.replace(before, after, 1)
    return text


def places(findings: tuple[Finding, ...]) -> list[tuple[str, int, int]]:
    """Code, line and column of each."""
    return [(it.problem.code, it.problem.line, it.problem.column) for it in findings]
