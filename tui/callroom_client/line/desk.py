"""The line client's middle: events and typed lines in, rows out. No socket, terminal or thread."""

import time
from collections import deque
from collections.abc import Callable

from callroom_client import events as e
from callroom_client.commands import TABLE, Clear, Switch
from callroom_client.line.rows import Row, Rows
from callroom_client.line.wire import frame_row
from callroom_client.model import Changes, Model, ReadUpTo
from callroom_client.talk import Leave, Outcome, ShowHelp, Speaker, Talk, Tell, UseLang
from callroom_wire import messages as m
from callroom_wire.command import Line
from callroom_wire.rendering import all_commands
from callroom_words.words import Lang, Words

HELD_LINES = 1000
"""Lines typed ahead of a login or a change of place; beyond them no more is read."""

HELD = Words("(it will be said as soon as the house has answered)", "（等服务器应答后发送）")
TOO_MANY = Words(
    "Too many lines wait for the house's answer: this one was dropped.", "等待应答的行太多：这一行已丢弃。"
)
NOT_ASKED = Words(
    "The robot does not ask for a secret any more: what you typed was not sent.",
    "机器人已不再要求保密输入：您输入的内容没有发送。",
)
SWITCHED: dict[tuple[str, bool], Words] = {
    ("wire", True): Words("Frames are shown. /wire off ends it.", "显示来往的帧。/wire off 关闭。"),
    ("wire", False): Words("Frames are no longer shown.", "不再显示帧。"),
    ("bell", True): Words("The bell rings when somebody names you.", "有人提到您时会响铃。"),
    ("bell", False): Words("The bell is off.", "已关闭响铃。"),
    ("instant", True): Words("Digits go to the robot at once.", "数字键立即发给机器人。"),
    ("instant", False): Words("Digits wait for Enter.", "数字键等回车后发送。"),
}


class Desk:
    """Where one person's line client is decided.

    Args:
        room: as in `Talk`.
        at_prompt: a person watches: lines have their time, and what waits is told.

    Attributes:
        switches: `wire`, `bell` and `instant`.
        leaving: the person has left, and the view should end; `quit`: for good, the name is free.
        chosen_lang: the language that the person has chosen by a command; "" as long as none.
        cleared: the view should be emptied; whoever does it sets this back.
        lost: the code with which the client has given up; "" as long as it tries.
    """

    def __init__(
        self,
        client: Speaker,
        watch_frames: Callable[[bool], None],
        model: Model,
        lang: Lang,
        *,
        room: str = "",
        at_prompt: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.model = model
        self.rows = Rows(model, lang, clock=at_prompt)
        self.talk = Talk(client, model, self._apply, room, not at_prompt, clock)
        self.switches = {"wire": False, "bell": True, "instant": True}
        self.leaving = False
        self.quit = False
        self.chosen_lang = ""
        self.cleared = False
        self.lost = ""
        self._watch_frames = watch_frames
        self._at_prompt = at_prompt
        self._clock = clock
        self._made: list[Row] = []
        self._held: deque[tuple[str, bool | None]] = deque()  # with whether it was typed as a secret
        self._timeouts_known = False

    @property
    def lang(self) -> Lang:
        """The language of everything that is shown."""
        return self.rows.lang

    @property
    def full(self) -> bool:
        """Whether no more lines can wait."""
        return len(self._held) >= HELD_LINES

    @property
    def idle(self) -> bool:
        """Whether everything that was typed has been answered."""
        return not self._held and self.talk.answered

    def happened(self, event: e.Event) -> list[Row]:
        """Takes in an event; what to show."""
        self._apply(event)
        match event:
            case e.FramePassed() if self.switches["wire"]:
                self._made.append(Row((("class:wire", frame_row(event, self.model)),)))
            case e.TimeoutsSet():
                if self._timeouts_known:
                    self._made += self.rows.tell(self.talk.timeouts())
                self._timeouts_known = True
            case e.StageChanged(stage=e.Stage.OFFLINE, code=code):
                self.lost = code
                if code == "quit":
                    self.leaving = self.quit = True
            case e.StageChanged():
                self.lost = ""
            case _:
                pass
        self._release()
        return self._taken()

    def typed(self, line: str) -> list[Row]:
        """Takes in a line that was typed; what to show."""
        # A script was written before anything was asked; a person has seen what is.
        secret = self.model.where.secret if self._at_prompt else None
        if self.talk.waits(line) and (self._held or not self.talk.may_go(line)):
            if self.full:
                self._made += self.rows.tell(TOO_MANY, bad=True)
            else:
                connected = self.model.connection.stage.stage is e.Stage.READY
                if self._at_prompt and not self._held and not connected:
                    self._made += self.rows.tell(HELD)
                self._held.append((line, secret))
        else:
            self._carry_out(self.talk.typed(line))
        return self._taken()

    def pressed(self, key: str) -> list[Row]:
        """Takes in a key that goes to the robot at once."""
        self._carry_out(self.talk.line(key))
        return self._taken()

    def takes_at_once(self, key: str) -> bool:
        """Whether this key, as the first of a line, is an entry for the robot by itself.

        It is not when another key of the menu begins with it, nor where the robot wants more than a key.
        """
        call = self.model.call
        if not self.switches["instant"] or self.model.current or call.ended or call.secret:
            return False
        keys = [choice.key for choice in call.choices]
        return key in keys and not any(other != key and other.startswith(key) for other in keys)

    def give_up_held(self) -> int:
        """Forgets the lines that wait; how many."""
        count = len(self._held)
        self._held.clear()
        return count

    # --- inside -------------------------------------------------------------------------------------------

    def _apply(self, event: e.Event) -> None:
        changes = self.model.apply(event)
        self._made += self.rows.of(event, changes, any(map(self.talk.is_own, changes.told)))
        self._heed(event, changes)

    def _heed(self, event: e.Event, changes: Changes) -> None:
        if any(isinstance(message, m.Bye) and message.code == "quit" for message in changes.told):
            self.leaving = self.quit = True
        self.talk.heed(event, changes)
        here = self.model.here
        if here.unread:
            self.model.apply(ReadUpTo(at=self._clock(), place=here.name))

    def _release(self) -> None:
        while self._held and self.talk.may_go(self._held[0][0]):
            line, secret = self._held.popleft()
            entry = secret and isinstance(self.talk.read(line, secret), Line)
            if entry and not self.model.where.secret:  # it would be said aloud where one is by now
                self._made += self.rows.tell(NOT_ASKED, bad=True)
            else:
                self._carry_out(self.talk.typed(line, secret))

    def _carry_out(self, outcomes: list[Outcome]) -> None:
        for outcome in outcomes:
            match outcome:
                case Tell(words=words, bad=bad):
                    self._made += self.rows.tell(words, bad)
                case ShowHelp():
                    self._made += self.rows.tell(all_commands(TABLE.commands, self.rows.reader))
                case UseLang(lang=lang):
                    self.rows.lang = self.chosen_lang = lang
                case Switch(what=what, on=on):
                    self.switches[what] = on if on is not None else not self.switches[what]
                    if what == "wire":
                        self._watch_frames(self.switches[what])
                    self._made += self.rows.tell(SWITCHED[what, self.switches[what]])
                case Clear():
                    self.cleared = True
                case Leave():
                    self.leaving = True

    def _taken(self) -> list[Row]:
        made, self._made = self._made, []
        return made
