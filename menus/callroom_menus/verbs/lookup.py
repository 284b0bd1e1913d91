"""`lookup`: asks a source of `sources.toml` and goes on with what it found.

    [node.balance]
    lookup = { source = "accounts", key = "{phone}", save = "acct", timeout = 3 }
    found = { say = "Your balance is {acct.balance}.", goto = "main" }
    not_found = { say = "There is no such number.", goto = "phone" }
    error = { say = "Sorry, the system is busy.", goto = "agent" }

`key` is what a table is searched for; `args = { month = "{month}" }` fill the places of an address. A look-up
is a wait: what is typed meanwhile is kept, up to a bound, and answered afterwards.
"""

from __future__ import annotations

from callroom_menus.draft import Draft, NodeDraft
from callroom_menus.errand import Errand
from callroom_menus.events import Lookup, LookupDone, LookupMissing
from callroom_menus.model import Answer, Exit, Line, Node, Verb
from callroom_menus.routes import Edge
from callroom_menus.turn import Turn

DEFAULT_TIMEOUT = 5.0  # seconds
MAX_TIMEOUT = 60


class Looking(Errand, frozen=True):
    """Waits for a source."""

    source: str
    key: Line
    args: dict[str, Line]
    found: Edge
    not_found: Edge

    def enter(self, turn: Turn, node: Node) -> str | None:
        """Asks the source."""
        self.begin(turn, node)
        args = {name: line.raw(turn) for name, line in self.args.items()}
        turn.effects.append(Lookup(self.source, self.key.raw(turn), args, self.timeout, turn.ticket))
        self.wait(turn)
        return None

    def answered(self, turn: Turn, node: Node, answer: Answer) -> bool:
        """Takes what was found, if it is the answer to this look-up."""
        if answer.ticket != turn.ticket:
            return False
        self.forget(turn)
        if isinstance(answer, LookupDone):
            turn.log("found")
            self.keep(turn, answer.row)
            self.go_on(turn, self.found)
        elif isinstance(answer, LookupMissing):
            turn.log("not_found")
            self.go_on(turn, self.not_found)
        else:
            turn.log("error", answer.reason)
            self.go_on(turn, self.error)
        return True

    def exits(self) -> tuple[Exit, ...]:
        """The three edges."""
        edges = {"found": self.found, "not_found": self.not_found, "error": self.error}
        return tuple(Exit(how, edge.target) for how, edge in edges.items())


def read(draft: Draft, node: NodeDraft) -> Verb:
    """Reads `lookup` and its three edges."""
    section = node.section
    table = section.table("lookup")
    path = (*table.path, "key")
    key = table.text("key")
    args = draft.templates(table, "args")
    if key is None and not args:
        table.add(None, "missing-field", field="key", example='key = "{phone}"')
    timeout = table.number("timeout", 0.1, MAX_TIMEOUT)
    looking = Looking(
        source=draft.word(table, "source"),
        key=draft.line(path, key or ""),
        args=args,
        save=draft.family(table, "save"),
        timeout=DEFAULT_TIMEOUT if timeout is None else float(timeout),
        found=draft.edge(node, "found"),
        not_found=draft.edge(node, "not_found"),
        error=draft.edge(node, "error"),
    )
    table.close()
    return looking
