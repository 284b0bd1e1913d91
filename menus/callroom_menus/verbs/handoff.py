"""`handoff`: puts the caller into a queue for an agent, and keeps them company until one answers.

    [node.agent]
    say = "You are being put through."
    handoff = { queue = "general", skill = "{topic}", hours = "desk", pass = ["phone"], max_wait = 300 }
    waiting = { every = 30, say = "{ahead} before you, {eta}. For a message: 2.", keys.2 = "message" }
    closed = { say = "We are here {hours.desk}.", goto = "message" }
    unanswered = { say = "Nobody is free.", goto = "message" }
    done = "rate"

If the desk's hours are over, it is `closed` at once. The place in the queue is said when it is first known,
and then `every` so many seconds; before the desk has told it, the robot says in its own words that the
caller is waiting, and what can be pressed. After `max_wait` seconds without an agent it is `unanswered`. Who
answers is kept in `{agent}`. While waiting, the keys of `waiting` and the exit words are understood; nothing
gives up.
"""

from __future__ import annotations

from callroom_forms.cleaning import clean
from callroom_forms.folding import fold
from callroom_menus.draft import Draft, NodeDraft
from callroom_menus.events import AgentEvent, Handoff, LeaveQueue, Option, Say, Wait
from callroom_menus.model import Exit, Hit, Line, Node, Verb, listing
from callroom_menus.routes import Edge
from callroom_menus.state import Phase
from callroom_menus.turn import Turn

DEFAULT_MAX_WAIT = 300.0  # seconds
MAX_WAIT = 7200
DEFAULT_EVERY = 30.0  # seconds
MAX_EVERY = 3600
MAX_PRIORITY = 9

_PLACE = frozenset({"ahead", "eta"})  # variables that only the desk can tell

# What the desk may say in which phase, and which of the edges that leads to; empty: it stays.
TOLD: dict[Phase, dict[str, str]] = {
    Phase.QUEUED: {
        "waiting": "",
        "answered": "",
        "closed": "closed",
        "full": "unanswered",
        "timeout": "unanswered",
    },
    Phase.TALKING: {"ended": "done"},
}


class Company(Verb, frozen=True):
    """Waits for an agent, then for the end of the talk."""

    queue: str
    skill: Line
    hours: str
    passed: tuple[str, ...]
    priority: int
    max_wait: float
    every: float
    announcement: Line
    keys: dict[str, str]
    exits_by: dict[str, Hit]
    edges: dict[str, Edge]

    stands = frozenset({Phase.QUEUED, Phase.TALKING})

    def enter(self, turn: Turn, node: Node) -> str | None:
        """Joins the queue, if the desk is open."""
        if self.hours and not turn.open(self.hours):
            turn.say(self.edges["closed"].say)
            return self.edges["closed"].target
        turn.prompt(node)
        turn.rest_at(node.name, Phase.QUEUED)
        turn.ticket += 1
        turn.due = turn.now + self.max_wait
        turn.remember({"ahead": "", "eta": "", "agent": ""})
        values = {name: turn.value(name) for name in self.passed}
        skill = self.skill.raw(turn)
        turn.effects.append(Handoff(self.queue, skill, values, self.priority, self.max_wait, turn.ticket))
        self._wait(turn)
        return None

    def entered(self, turn: Turn, node: Node, text: str) -> bool:
        """Takes a key that leaves the queue; anything else is told how long it will take."""
        if turn.phase is not Phase.QUEUED:
            return False
        folded = fold(text)
        leave = self.exits_by.get(folded)
        if leave is not None:
            turn.log(leave.how, text)
            turn.effects.append(LeaveQueue(turn.ticket))
            leave.choice.action.take(turn)
        elif folded in self.keys:
            turn.log("key", text)
            turn.effects.append(LeaveQueue(turn.ticket))
            turn.move_on(self.keys[folded])
        else:
            turn.log("no_match", text)
            self._announce(turn)
        return True

    def silent(self, turn: Turn, node: Node) -> bool:
        """Says the place in the queue, or that nobody is free."""
        if turn.now < turn.due:
            turn.log("no_input")
            self._announce(turn)
        else:
            turn.log("timeout")
            turn.effects.append(LeaveQueue(turn.ticket))
            self._take(turn, "unanswered")
        return True

    def returned(self, turn: Turn, node: Node) -> bool:
        """Says the place in the queue."""
        turn.log("return")
        self._announce(turn)
        return True

    def told(self, turn: Turn, node: Node, event: AgentEvent) -> bool:
        """Takes what the desk says of this hand-off, if it can be so now."""
        edge = TOLD[turn.phase].get(event.kind)
        if edge is None or event.ticket not in (0, turn.ticket):
            return False
        turn.log(event.kind, clean(event.agent))
        if edge:
            self._take(turn, edge)
        elif event.kind == "answered":
            turn.remember({"agent": clean(event.agent)})
            turn.phase = Phase.TALKING
            turn.effects.append(Wait(None, turn.node, ()))
        else:
            first = not turn.value("ahead")
            turn.remember({"ahead": str(event.ahead), "eta": turn.texts.duration(event.eta)})
            if first:
                turn.say(self.announcement)
            self._wait(turn)
        return True

    def exits(self) -> tuple[Exit, ...]:
        """The three edges, and the keys pressed while waiting."""
        keys = (Exit(f"waiting.keys.{key}", target) for key, target in self.keys.items())
        return (*(Exit(how, edge.target) for how, edge in self.edges.items()), *keys)

    def _take(self, turn: Turn, edge: str) -> None:
        turn.say(self.edges[edge].say)
        turn.move_on(self.edges[edge].target)

    def _announce(self, turn: Turn) -> None:
        if turn.value("ahead") or _PLACE.isdisjoint(self.announcement.parts[1::2]):
            turn.say(self.announcement)
        else:
            options = self.announcement.ready.choices
            text = "\n".join([turn.texts.in_queue, *([listing(options)] if options else [])])
            turn.effects.append(Say(text, options, turn.node))
        self._wait(turn)

    def _wait(self, turn: Turn) -> None:
        left = min(max(turn.due - turn.now, 0.0), self.max_wait)
        turn.effects.append(Wait(min(self.every, left), turn.node, self.announcement.ready.choices))


def read(draft: Draft, node: NodeDraft) -> Verb:
    """Reads `handoff`, `waiting` and the three edges."""
    section = node.section
    table = section.table("handoff")
    draft.give("ahead", "eta", "agent")
    max_wait = table.number("max_wait", 1, MAX_WAIT)
    skill = table.text("skill")
    announcement, every, keys = _waiting(draft, node)
    company = Company(
        queue=draft.word(table, "queue"),
        skill=draft.line((*table.path, "skill"), skill or ""),
        hours=draft.hours_named(table, "hours") if "hours" in table else "",
        passed=draft.names_in(table, "pass"),
        priority=table.whole("priority", 0, MAX_PRIORITY) or 0,
        max_wait=DEFAULT_MAX_WAIT if max_wait is None else float(max_wait),
        every=every,
        announcement=announcement,
        keys=keys,
        exits_by=draft.exit_table(node, keys),
        edges={edge: draft.edge(node, edge) for edge in ("closed", "unanswered", "done")},
    )
    table.close()
    return company


def _waiting(draft: Draft, node: NodeDraft) -> tuple[Line, float, dict[str, str]]:
    """The announcement, how often it is made, and where the keys lead."""
    if "waiting" not in node.section:
        node.section.add(None, "missing-field", field="waiting", example='waiting = { say = "..." }')
        return draft.line((), ""), DEFAULT_EVERY, {}
    table = node.section.table("waiting")
    every = table.number("every", 1, MAX_EVERY)
    say = table.need("say", 'say = "..."')
    keys, options = table.table("keys"), list[Option]()
    targets: dict[str, str] = {}
    for name in keys:
        key, label = draft.named_key(keys, name), draft.texts.leave_queue
        if keys.holds_table(name):
            choice = keys.table(name)
            label = choice.need("label", 'label = "..."')
            targets[key] = draft.target(choice, "goto")
            choice.close()
        else:
            targets[key] = draft.target(keys, name)
        options.append(Option(key, label))
    waits = NodeDraft(node.name, table, (), ())
    waits.offer(tuple(options))
    line = draft.line((*table.path, "say"), say, waits)
    table.close()
    return line, DEFAULT_EVERY if every is None else float(every), targets
