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
from callroom_menus.events import Lookup, LookupDone, LookupMissing, Say, Wait
from callroom_menus.model import Answer, Exit, Line, Node, Verb
from callroom_menus.routes import Edge
from callroom_menus.state import Phase
from callroom_menus.turn import Turn
from callroom_menus.values import MAX_VALUE, row_values

MAX_QUEUED = 8  # entries kept while a look-up runs
DEFAULT_TIMEOUT = 5.0  # seconds
MAX_TIMEOUT = 60


class Looking(Verb, frozen=True):
    """Waits for a source."""

    source: str
    key: Line
    args: dict[str, Line]
    save: str
    timeout: float
    found: Edge
    not_found: Edge
    error: Edge

    stands = frozenset({Phase.LOOKING})

    def enter(self, turn: Turn, node: Node) -> str | None:
        """Asks the source."""
        turn.prompt(node)
        turn.rest_at(node.name, Phase.LOOKING)
        turn.ticket += 1
        turn.due = turn.now + self.timeout
        args = {name: line.raw(turn) for name, line in self.args.items()}
        turn.effects.append(Lookup(self.source, self.key.raw(turn), args, self.timeout, turn.ticket))
        self._wait(turn)
        return None

    def entered(self, turn: Turn, node: Node, text: str) -> bool:
        """Keeps what is typed for afterwards. It may be meant for a masked slot: it is not recorded here."""
        if len(turn.queued) < MAX_QUEUED:
            turn.log("queued")
            turn.queued = (*turn.queued, text[:MAX_VALUE])
        else:
            turn.log("dropped")
            self._ask_for_patience(turn)
        self._wait(turn)
        return True

    def silent(self, turn: Turn, node: Node) -> bool:
        """The source has taken too long."""
        turn.log("error", "timeout")
        self._go_on(turn, self.error)
        return True

    def returned(self, turn: Turn, node: Node) -> bool:
        """Says that it is still looking."""
        turn.log("return")
        self._ask_for_patience(turn)
        self._wait(turn)
        return True

    def answered(self, turn: Turn, node: Node, answer: Answer) -> bool:
        """Takes what was found, if it is the answer to this look-up."""
        if answer.ticket != turn.ticket:
            return False
        prefix = f"{self.save}."
        turn.variables = {
            name: value for name, value in turn.variables.items() if not name.startswith(prefix)
        }
        if isinstance(answer, LookupDone):
            turn.log("found")
            turn.remember(row_values(self.save, answer.row))
            self._go_on(turn, self.found)
        elif isinstance(answer, LookupMissing):
            turn.log("not_found")
            self._go_on(turn, self.not_found)
        else:
            turn.log("error", answer.reason)
            self._go_on(turn, self.error)
        return True

    def exits(self) -> tuple[Exit, ...]:
        """The three edges."""
        edges = {"found": self.found, "not_found": self.not_found, "error": self.error}
        return tuple(Exit(how, edge.target) for how, edge in edges.items())

    def _go_on(self, turn: Turn, edge: Edge) -> None:
        turn.say(edge.say)
        turn.move_on(edge.target)

    def _ask_for_patience(self, turn: Turn) -> None:
        turn.effects.append(Say(turn.texts.busy, (), turn.node))

    def _wait(self, turn: Turn) -> None:
        left = min(max(turn.due - turn.now, 0.0), self.timeout)
        turn.effects.append(Wait(left, turn.node, ()))


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
