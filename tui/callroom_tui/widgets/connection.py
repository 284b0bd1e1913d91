"""The connection panel: how far it is, both its ends, what the kernel says, and TCP packet by packet."""

import time
from collections.abc import Callable

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from callroom_client.events import Stage
from callroom_client.model.connection import Connection
from callroom_tui import texts
from callroom_tui.charts import size, spark
from callroom_tui.handshake import Handshake, Step
from callroom_tui.lines import shown
from callroom_tui.saying import KERNEL, STAGES, icon, seconds
from callroom_tui.widgets.still import Still
from callroom_tui.wrapping import folded, padded
from callroom_wire.messages import PROTOCOL_VERSION
from callroom_words.words import Lang, Words

REFRESH_SECONDS = 0.25
"""How often the panel looks again while it is seen."""
LABEL_CELLS = 8
TONES = {
    Stage.READY: "$text-success",
    Stage.OFFLINE: "$muted",
    Stage.WAITING: "$text-error",
    Stage.SILENT: "$text-error",
}


def tone(stage: Stage) -> str:
    """The colour of a stage; those that pass are amber."""
    return TONES.get(stage, "$text-warning")


def headline(connection: Connection, lang: Lang, now: float) -> Content:
    """The stage in words, with what goes with it."""
    stage = connection.stage
    words = STAGES[stage.stage].say(lang)
    parts = [(f"{icon(stage)} {words}", f"bold {tone(stage.stage)}")]
    if stage.retry_at is not None:
        left = texts.IN_SECONDS.say(lang, seconds=f"{max(0.0, stage.retry_at - now):.0f} s")
        parts.append((f" {left}", ""))
    if stage.attempt > 1:
        parts.append((f" · {texts.ATTEMPT.say(lang, count=stage.attempt)}", "$muted"))
    return Content.assemble(*parts)


def facts(connection: Connection, lang: Lang, now: float, width: int) -> Content:
    """One row for each fact."""
    rows = [headline(connection, lang, now)]

    def row(label: Words, value: str, style: str = "") -> None:
        rows.append(Content.assemble((padded(label.say(lang), LABEL_CELLS), "$muted"), (shown(value), style)))

    socket = connection.socket
    row(texts.PEER, socket.peer if socket else connection.stage.address or "–")
    row(texts.LOCAL, socket.local if socket else "–")
    if socket:
        described = texts.DESCRIPTOR.say(lang, number=socket.descriptor, family=socket.family)
        row(texts.SOCKET, f"{described} · {socket.tls}" if socket.tls else described)
    else:
        row(texts.SOCKET, "–")
    kernel = connection.kernel
    if kernel and socket:
        row(texts.KERNEL, kernel.state, "bold")
        if meaning := KERNEL.get(kernel.state):
            row(Words("", ""), meaning.say(lang))
        row(
            texts.ROUND_TRIP,
            texts.TRIP.say(
                lang,
                seconds=seconds(kernel.round_trip),
                variation=seconds(kernel.variation),
                count=kernel.retransmits,
            ),
        )
        row(
            texts.QUEUES,
            texts.QUEUED.say(
                lang,
                unsent=size(kernel.unsent),
                unread=size(kernel.unread),
                unacked=kernel.unacknowledged,
            ),
        )
    for label, count, messages in (
        (texts.INCOMING, connection.bytes_in, connection.messages_in),
        (texts.OUTGOING, connection.bytes_out, connection.messages_out),
    ):
        row(label, texts.TRAFFIC.say(lang, bytes=size(count), messages=messages))
    if connection.software:
        name = " · ".join(filter(None, (connection.server, connection.software)))
        row(texts.HOUSE, f"{name} · {texts.PROTOCOL.say(lang, version=PROTOCOL_VERSION)}")
    trips = connection.round_trips
    last = seconds(trips[-1]) if trips else texts.NOT_YET.say(lang)
    chart = spark(trips, max(0, width - LABEL_CELLS - len(last) - 1))
    row(texts.PINGS, f"{chart} {last}".lstrip(), "$primary")
    return Content("\n").join(rows)


STEPS: tuple[tuple[Step, bool, str, Words], ...] = (
    (Step.SYN, True, "SYN", texts.SYN_SAID),
    (Step.SYN_ACK, False, "SYN-ACK", texts.SYN_ACK_SAID),
    (Step.ACK, True, "ACK", texts.ACK_SAID),
    (Step.OUR_FIN, True, "FIN", texts.OUR_FIN_SAID),
    (Step.OUR_FIN_ACKED, False, "ACK", texts.FIN_ACK_SAID),
    (Step.THEIR_FIN, False, "FIN", texts.THEIR_FIN_SAID),
    (Step.RESET, False, "RST", texts.RST_SAID),
)
ARROW_CELLS = 15


def diagram(connection: Connection, handshake: Handshake, lang: Lang, width: int) -> Content:
    """The packets that begin and end a connection: those that have passed are lit. A Unix socket has none."""
    if connection.stage.address.startswith("unix:"):
        return Content.styled(folded(texts.NO_PACKETS.say(lang), width), "$muted")
    ours, theirs = texts.WE.say(lang), texts.THEY.say(lang)
    rows = [Content.assemble((f" {padded(ours, ARROW_CELLS - 1)} {theirs}", "$muted"))]
    for step, outgoing, name, words in STEPS:
        passed = step in handshake.steps
        if step is Step.RESET and not passed:
            continue
        if step is Step.OUR_FIN:
            rows.append(_between(connection, lang))
        arrow = _arrow(name, outgoing)
        style = ("bold $text-error" if step is Step.RESET else "bold $primary") if passed else "$faint"
        mark = "✓" if passed else " "
        rows.append(
            Content.assemble(
                (" │", "$muted"),
                (arrow, style),
                ("│ ", "$muted"),
                (f"{mark} {words.say(lang)}", "" if passed else "$faint"),
            )
        )
    return Content("\n").join(rows)


def _between(connection: Connection, lang: Lang) -> Content:
    is_open = connection.socket is not None
    said = texts.OPEN_SAID.say(lang)
    dots = f" {'⇄'.center(ARROW_CELLS - 1, '·')} " if is_open else " " * (ARROW_CELLS + 1)
    return Content.assemble(
        (" │", "$muted"),
        (dots, "$text-success" if is_open else ""),
        ("│ ", "$muted"),
        (f"✓ {said}" if is_open else f"  {said}", "" if is_open else "$faint"),
    )


def _arrow(name: str, outgoing: bool) -> str:
    room = ARROW_CELLS - len(name) - 4
    return f"── {name} {'─' * room}▶" if outgoing else f"◀{'─' * room} {name} ──"


class ConnectionPanel(VerticalScroll):
    """The panel; it looks at the model four times a second while it is seen."""

    def __init__(
        self,
        connection: Connection,
        handshake: Handshake,
        lang: Lang,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(id="connection", classes="panel")
        self.connection = connection
        self.handshake = handshake
        self.lang: Lang = lang
        self._clock = clock
        self.border_title = texts.CONNECTION.say(lang)

    def compose(self) -> ComposeResult:
        """Facts above, the packets below."""
        yield Still(id="facts")
        yield Static(texts.STEPS_TITLE.say(self.lang), classes="heading", markup=False)
        yield Still(id="steps")

    def on_mount(self) -> None:
        """Begins to look."""
        self.set_interval(REFRESH_SECONDS, self.look)
        self.look()

    def on_resize(self) -> None:
        """The sparkline has another width."""
        self.look()

    def look(self) -> None:
        """Shows what is so now."""
        if not self.is_on_screen:
            return
        width = self.scrollable_content_region.width
        self.query_one("#facts", Still).say(facts(self.connection, self.lang, self._clock(), width))
        self.query_one("#steps", Still).say(diagram(self.connection, self.handshake, self.lang, width))
