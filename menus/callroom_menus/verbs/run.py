"""`run`: runs a runbook of `runbooks.toml`, says what it writes, and goes on.

    [node.uptime]
    say = "One moment."
    run = { runbook = "uptime", args = [], save = "up", timeout = 40 }
    done = { say = "That was all.", goto = "main" }
    error = { say = "Sorry, that did not work.", goto = "main" }

`args` are its arguments in order, `{slots}` filled in; there is no shell, and one that begins with `-` or is
not what the runbook allows ends in `error`, as do an exit code other than 0 and the runbook's limits. A run
is a wait as a look-up is. What it writes is said as it is, line by line; `{up.seconds}` is how long it took.
"""

from __future__ import annotations

from callroom_forms.cleaning import clean
from callroom_menus.draft import Draft, NodeDraft
from callroom_menus.errand import Errand
from callroom_menus.events import LookupDone, LookupMissing, Run, Say
from callroom_menus.model import MAX_SAID, Answer, Exit, Line, Node, Verb
from callroom_menus.routes import Edge
from callroom_menus.runbooks import DEFAULT_SECONDS, MAX_SECONDS
from callroom_menus.turn import Turn

MARGIN = 5.0  # seconds for the record and the start, beyond the runbook's own time
OUTPUT = "output"
"""The column of the answer that holds what was written."""


class Running(Errand, frozen=True):
    """Waits for a program."""

    runbook: str
    args: tuple[Line, ...]
    done: Edge

    def enter(self, turn: Turn, node: Node) -> str | None:
        """Asks for the run."""
        self.begin(turn, node)
        args = tuple(line.raw(turn) for line in self.args)
        turn.effects.append(Run(self.runbook, args, self.timeout, turn.ticket))
        self.wait(turn)
        return None

    def answered(self, turn: Turn, node: Node, answer: Answer) -> bool:
        """Says what the program wrote, if it was this one."""
        if answer.ticket != turn.ticket or isinstance(answer, LookupMissing):
            return False
        self.forget(turn)
        if isinstance(answer, LookupDone):
            turn.log("found")
            row = dict(answer.row)
            written = _sayable(row.pop(OUTPUT, ""))
            self.keep(turn, row)
            if written:
                turn.effects.append(Say(written, (), node.name))
            self.go_on(turn, self.done)
        else:
            turn.log("error", answer.reason)
            self.go_on(turn, self.error)
        return True

    def exits(self) -> tuple[Exit, ...]:
        """The two edges."""
        return Exit("done", self.done.target), Exit("error", self.error.target)


def _sayable(text: str) -> str:
    """Lines without anything that a terminal would obey."""
    return "\n".join(clean(line) for line in text.splitlines()).strip("\n")[:MAX_SAID]


def read(draft: Draft, node: NodeDraft) -> Verb:
    """Reads `run` and its two edges."""
    table = node.section.table("run")
    args = table.texts("args") if table.value("args") else ()
    timeout = table.number("timeout", 0.1, MAX_SECONDS + MARGIN)
    running = Running(
        runbook=draft.word(table, "runbook"),
        args=tuple(draft.line((*table.path, "args", index), arg) for index, arg in enumerate(args or ())),
        save=draft.family(table, "save"),
        timeout=DEFAULT_SECONDS + MARGIN if timeout is None else float(timeout),
        done=draft.edge(node, "done"),
        error=draft.edge(node, "error"),
    )
    table.close()
    return running
