"""The text door: on one side a person with a terminal or a bare socket, on the other the house.

On a listener for telnet the door speaks telnet from the start, elsewhere only once the peer has sent a telnet
command itself: a bare `nc` never sees an option byte.
"""

from collections import deque

from callroom_server.codecs import telnet as t
from callroom_server.codecs.editor import ESCAPE_SECONDS
from callroom_server.codecs.encodings import DEFAULT_ENCODING
from callroom_server.config.limits import Limits
from callroom_server.net.transport import Transport
from callroom_server.protocols.house import House, Timer
from callroom_server.protocols.text import input as i
from callroom_server.protocols.text.commands import COMMANDS, TABLE, Action, UseEncoding, UsePlain
from callroom_server.protocols.text.doctor import diagnosis
from callroom_server.protocols.text.formats import TextFormat, text_format
from callroom_server.protocols.text.phrases import DoorReader
from callroom_server.protocols.text.probe import PROBE, PROBE_SECONDS, answers, read_as, samples
from callroom_server.protocols.text.screen import Screen
from callroom_server.protocols.text.talk import ROBOT, Talk
from callroom_wire import command as c
from callroom_wire import messages as m
from callroom_wire.messages import ClientMessage, ServerMessage
from callroom_wire.rendering import all_commands, render

ENTRY_SECONDS = 0.4  # a peer without line endings has finished its entry when it is silent for so long
KEEPALIVE_SECONDS = 60.0  # below what home routers keep an idle connection for
LAST_WORDS_SECONDS = 0.2  # after the end of input and the last answer: one's own lines are still to be shown
DEFAULTS = Limits()
HELD_LIMIT = 64  # lines that wait for a login or a change of place, before no more is read


class TextDoor:
    """A text connection.

    Args:
        kind: `telnet` or `text`, as the house is told.
        lang: the language until the person chooses.
        telnet: speak telnet from the start.
        limits: of these, `line_bytes`, `half_close_seconds` (for each further answer) and `hard_close_bytes`.
    """

    __slots__ = (
        "_closing", "_end_timer", "_entry_timer", "_form", "_handing_over", "_held", "_house", "_input_over",
        "_keepalive", "_limits", "_paused", "_probe", "_reading", "_screen", "_speak_first", "_talk",
        "_transport", "kind", "session",
    )  # fmt: skip

    confirms = True

    def __init__(
        self, house: House, kind: str, lang: str = "en", telnet: bool = False, limits: Limits = DEFAULTS
    ) -> None:
        self._limits = limits
        self.kind = kind
        self.session = 0
        self._house = house
        self._speak_first = telnet
        self._form = text_format(lang, DEFAULT_ENCODING, False)
        self._talk = Talk()
        self._held: deque[i.Typed | i.Unread] = deque()
        self._handing_over = False
        self._paused = False
        self._closing = False
        self._input_over = False
        self._entry_timer: Timer | None = None
        self._end_timer: Timer | None = None
        self._keepalive: Timer | None = None
        self._probe: Timer | None = None

    # --- for the house ------------------------------------------------------------------------------------

    @property
    def format(self) -> TextFormat:
        """How entries are written for this reader."""
        return self._form

    @property
    def transport(self) -> Transport:
        """The connection itself."""
        return self._transport

    @property
    def congested(self) -> bool:
        """Whether anything waits to leave."""
        return self._screen.congested

    def go_on(self) -> bool:
        """The session is free again: the next of the lines that wait has its turn.

        More may be read although others wait behind it: among it may be the Ctrl-C that drops them.
        """
        self._take([])
        self._ending_moves_on()
        return not self._paused

    def logged_in(self) -> None:
        """The `LoggedIn` that follows says it all."""

    def send(self, message: ServerMessage) -> None:
        """Shows a message."""
        place, talk = self._talk.place, self._talk
        silent = talk.is_echo_of_haste(message)
        asked = talk.heard(message)
        if isinstance(message, m.Diagnosed):
            seen = diagnosis(self._reader, self._reading, self._screen)
            message = m.Diagnosed(rows=[*seen, *message.rows], ref=message.ref)
            self._screen.show(self._reader.say("doctor_head"))
        exposed = self._hide()  # before the question is there: whoever is asked may answer at once
        if not silent:
            self._screen.show(render(message, self._reader))
        if exposed:
            self._screen.show(exposed)
        if isinstance(message, m.Bye):
            self._closing = True
        if talk.place != place and isinstance(message, m.Left):
            self._tell_place()
        self._prompt()
        if asked:
            self._ask(asked)
        if self._held:
            self._hand_over()
        if self._input_over:
            self._ending_moves_on()

    def deliver(self, data: bytes) -> None:
        """Shows entries, encoded in `format` already."""
        self._screen.show_bytes(data)
        if self._input_over:
            self._ending_moves_on()

    def close(self, code: str, text: str) -> None:
        """Says why, finishes sending, and closes."""
        self._screen.edit(None)  # no prompt below the last words
        if not self._closing:
            self._closing = True
            self._screen.show(render(m.Bye(code=code, text=text), self._reader))
        self._forget_timers()
        self._screen.flush()
        self._transport.close(code)

    # --- for the transport --------------------------------------------------------------------------------

    def connection_made(self, transport: Transport) -> None:
        """Greets at once, and calls the robot; negotiation goes on beside it."""
        self._transport = transport
        transport.read_bytes = self._limits.text_bytes_per_pass
        self._screen = Screen(transport, self._form, self._limits)
        self._reading = i.Reading(self._screen, self._form.encoding, self._limits, self._speak_first)
        self.session = self._house.opened(self, self.kind, transport.peer)
        self._screen.show(f"{self._reader.say('banner')}\n{self._reader.say('unreadable_hint')}")
        self._ask(self._talk.ask(c.Ask(m.Dial())))

    def data_received(self, data: bytes) -> None:
        """Takes in what the person types, cut anywhere."""
        if self._closing:
            return
        if self._entry_timer is not None:
            self._entry_timer.cancel()
            self._entry_timer = None
        self._house.weigh(self.session, len(data), 0)
        if self._closing:  # that was too much
            return
        self._take(self._reading.feed(data))
        if self._reading.bare:
            self._entry_timer = self._house.call_later(ENTRY_SECONDS, self._entry_over)
        elif self._reading.editor is not None and self._reading.editor.in_escape:
            self._entry_timer = self._house.call_later(ESCAPE_SECONDS, self._reading.editor.escape_over)
        if self._keepalive is None and self._reading.telnet.negotiated:
            self._keepalive = self._house.call_later(KEEPALIVE_SECONDS, self._keep_alive)

    def eof_received(self) -> None:
        """The person has finished: what was asked is answered, then the door closes."""
        if self._closing:
            return
        self._input_over = True
        self._take(self._reading.rest())
        self._ending_moves_on()

    def writable(self) -> None:
        """Everything has left."""
        self._screen.flush()
        if not self._screen.congested:
            self._house.writable(self.session)

    def connection_lost(self, reason: str) -> None:
        """The connection is gone."""
        self._closing = True
        self._forget_timers()
        if self.session:
            self._house.lost(self.session, reason)

    # --- what was typed -----------------------------------------------------------------------------------

    @property
    def _reader(self) -> DoorReader:
        talk = self._talk
        return DoorReader(self._form.lang, self._form.plain, talk.name, talk.place)

    def _take(self, inputs: list[i.Input]) -> None:
        self._screen.busy = True
        told: set[str] = set()  # a thousand of them may have come at once, in two bytes each
        for one in inputs:
            match one:
                case i.Typed() | i.Unread():
                    self._held.append(one)
                    self._hand_over()
                case i.Dropped():
                    self._tell_dropped(one.reason)
                case i.Interrupted():
                    self._held.clear()
                    self._talk.give_up()
                    self._tell_once("interrupted", told)
                case i.AreYouThere():
                    self._tell_once("alive", told)
                case i.Exposed():
                    self._tell_once("visible", told)
                case i.Column():
                    self._probed(one.number)
        self._hand_over()
        self._screen.busy = False
        self._prompt()
        if len(self._held) > HELD_LIMIT and not self._paused:
            self._paused = True
            self._transport.pause_reading()
            if self._free:  # else the house tells that they wait, if they do for long
                self._screen.show(self._reader.say("held"))

    def _hand_over(self) -> None:
        """Handles the lines that wait, as far as may be."""
        if self._handing_over:
            return
        self._handing_over = True
        try:
            while self._held and self._talk.settled and self._free and not self._closing:
                self._line(self._held.popleft())
            if self._paused and len(self._held) <= HELD_LIMIT:
                self._paused = False
                if self._free:  # else the house reads on when it is
                    self._transport.resume_reading()
        finally:
            self._handing_over = False

    @property
    def _free(self) -> bool:
        return self._house.free(self.session)

    def _weigh_one(self) -> None:
        """Counts what the door does by itself like a message to the house."""
        self._house.weigh(self.session, 0, 1)

    def _line(self, line: i.Typed | i.Unread) -> None:
        read = self._reading.read(line) if isinstance(line, i.Unread) else line
        if isinstance(read, i.Dropped):
            self._tell_dropped(read.reason)
        elif read.text and not read.text.isspace():
            self._act(TABLE.read(read.text, self._talk.where))

    def _act(self, action: Action | c.Line) -> None:
        screen, reader = self._screen, self._reader
        if not isinstance(action, c.Ask | c.Line):  # the house weighs those itself
            self._weigh_one()
        match action:
            case c.Line(text=text):
                self._ask(self._talk.line(text))
            case c.Ask(message=m.Lang(lang=lang)):
                self._use(text_format(lang, self._form.encoding, self._form.plain))
                self._ask(self._talk.ask(action))
            case c.Ask():
                self._ask(self._talk.ask(action))
            case c.Move():
                self._talk.move(action.place)
                if action.place == ROBOT:
                    self._ask(self._talk.ask(c.Ask(m.Dial())))
                else:
                    self._tell_place()
            case UseEncoding():
                self._use_encoding(action.encoding)
            case UsePlain():
                on = not self._form.plain if action.on is None else action.on
                self._use(text_format(self._form.lang, self._form.encoding, on))
                screen.show(self._reader.say("plain_on" if on else "plain_off"))
            case c.ShowHelp(command=None):
                screen.show(all_commands(COMMANDS, reader))
            case c.ShowHelp(command=command):
                assert command is not None
                screen.show("\n".join(filter(None, map(reader.pick, (command.help, command.other_words)))))
            case c.Unknown() | c.Unfit() | c.Misused():
                screen.show(reader.pick(action.words))

    def _ask(self, messages: list[ClientMessage]) -> None:
        for message in messages:
            self._house.received(self.session, message)

    def _tell_once(self, phrase: str, told: set[str]) -> None:
        if phrase not in told:
            told.add(phrase)
            self._weigh_one()
            self._screen.show(self._reader.say(phrase))

    def _tell_dropped(self, reason: str) -> None:
        self._weigh_one()
        if reason:
            encoding = self._form.encoding
            self._screen.show(self._reader.say("unreadable", encoding=encoding, reason=reason))
        else:
            self._screen.show(self._reader.say("too_long", limit=self._limits.line_bytes))

    def _entry_over(self) -> None:
        self._entry_timer = None
        self._take(self._reading.rest())

    # --- how the person reads -----------------------------------------------------------------------------

    def _use(self, form: TextFormat) -> None:
        self._form = self._screen.form = form
        if self._reading.editor is not None:
            self._reading.editor.redraw = not form.plain

    def _use_encoding(self, encoding: str) -> None:
        if encoding:
            self._use(text_format(self._form.lang, encoding, self._form.plain))
            self._reading.use_encoding(encoding)
            self._screen.show(self._reader.say("encoding_now", encoding=encoding))
        elif self._reading.editor is not None and not self._form.plain and answers(self._reading.terminal):
            if self._probe is None:
                self._probe = self._house.call_later(PROBE_SECONDS, self._probed)
                self._screen.show_bytes(PROBE)
        else:
            self._screen.show_bytes(samples())

    def _probed(self, column: int = 0) -> None:
        """The terminal has told where its cursor stands, or has not in time; or somebody has pressed F3."""
        if self._probe is None:
            return
        self._probe.cancel()
        self._probe = None
        if encoding := read_as(column, self._form.encoding):
            self._use_encoding(encoding)
        else:
            self._screen.show_bytes(samples())

    def _tell_place(self) -> None:
        self._screen.show(self._reader.say("moved", place=self._reader.here()))

    def _hide(self) -> str:
        """Hides what is typed as long as it is a secret; what to say where that cannot be."""
        exposed = not self._closing and self._reading.hide(self._talk.secret)
        return self._reader.say("visible") if exposed else ""

    def _prompt(self) -> None:
        """Shows, in character mode, where what is typed goes."""
        if exposed := self._hide():
            self._screen.show(exposed)
        editor = self._reading.editor
        if editor is None or self._closing:
            return
        place = self._talk.place or self._reader.say("robot")
        prompt = "" if self._form.plain else f"{place}> "
        if prompt != editor.prompt:
            self._screen.change_prompt(prompt)
        self._screen.ready()

    # --- time ---------------------------------------------------------------------------------------------

    def _keep_alive(self) -> None:
        if not self._screen.congested:
            self._screen.write_raw(t.KEEPALIVE)
        self._keepalive = self._house.call_later(KEEPALIVE_SECONDS, self._keep_alive)

    def _ending_moves_on(self) -> None:
        """After the end of input: waits a little for each further answer, and then closes."""
        if not self._input_over or self._closing:
            return
        if self._end_timer is not None:
            self._end_timer.cancel()
            self._end_timer = None
        if not self._free:  # `go_on` comes back here
            return
        done = self._talk.answered and not self._held
        self._end_timer = self._house.call_later(
            LAST_WORDS_SECONDS if done else self._limits.half_close_seconds, self._end
        )

    def _end(self) -> None:
        self._end_timer = None
        self._closing = True
        self._screen.show(self._reader.say("input_ended"))
        self.close("ended", "")

    def _forget_timers(self) -> None:
        for timer in (self._entry_timer, self._end_timer, self._keepalive, self._probe):
            if timer is not None:
                timer.cancel()
