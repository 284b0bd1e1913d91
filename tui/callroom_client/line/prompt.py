"""At a terminal: a prompt with a toolbar, and the talk printed above what is being typed.

The application runs from start to end: Enter takes the line out of its buffer, so that what is typed ahead
stays, and the rows of a batch of events are printed at once above the prompt. All text is clean before it
comes here, for prompt_toolkit lets C1 controls, BEL and bidi controls through.
"""

import asyncio
import signal
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import platformdirs
from prompt_toolkit import PromptSession
from prompt_toolkit.auto_suggest import AutoSuggestFromHistory
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document
from prompt_toolkit.filters import Condition
from prompt_toolkit.formatted_text import FormattedText
from prompt_toolkit.renderer import print_formatted_text
from prompt_toolkit.styles import Style, default_ui_style, merge_styles
from prompt_toolkit.validation import ValidationError, Validator

from callroom_client.completion import suggestions
from callroom_client.inbox import Inbox
from callroom_client.judging import unfit
from callroom_client.line.desk import Desk
from callroom_client.line.history import Remembering
from callroom_client.line.keys import Keys, bindings
from callroom_client.line.opening import connect, new_model
from callroom_client.line.options import Options
from callroom_client.line.rows import Row
from callroom_client.line.settings import Remembered, default_file, load, save
from callroom_client.line.toolbar import ROBOT, toolbar
from callroom_client.model import DraftChanged, Model
from callroom_wire.command import SLASHES
from callroom_words.words import Lang, Words

DONE = 0

BATCH = 500
"""Events between two looks at the keyboard."""
REST_SECONDS = 0.03
"""Between two batches: 30 times a second is as often as an eye can see, and costs little."""
CURSOR_SECONDS = 1
"""So long a terminal may take to say where its cursor is, before anything more is printed."""
REFRESH_SECONDS = 0.5
"""How often countdowns in the toolbar move."""
MENU_ROWS = 5

STYLE = Style.from_dict(
    {
        "place": "ansicyan",
        "direct": "ansimagenta",
        "own": "bold",
        "mention": "bold ansiyellow",
        "note": "ansibrightblack",
        "time": "ansibrightblack",
        "house": "ansigreen",
        "robot": "",
        "bad": "ansired",
        "wire": "ansibrightblack",
        "name0": "ansigreen", "name1": "ansiblue", "name2": "ansimagenta",
        "name3": "ansicyan", "name4": "ansiyellow", "name5": "ansired",
        "bottom-toolbar": "noreverse bg:ansibrightblack ansiwhite",
        "bar.good": "ansigreen bold",
        "bar.bad": "ansiyellow bold",
        "bar.place": "bold",
        "bar.unread": "bold",
        "bar.note": "bold reverse",
    }
)  # fmt: skip

ASKED_PASTE = Words("Send {count} lines to {place}? y / n", "向{place}发送 {count} 行？y / n")
AGAIN_LEAVES = Words("Ctrl-C again leaves", "再按一次 Ctrl-C 退出")
KEPT = Words(
    "You have left; the name {name} is kept for a while. The same command comes back, /quit frees it.",
    "您已离开；名字 {name} 会保留一段时间。用同样的命令回来，/quit 则不再保留。",
)
PASTED_TOO_MUCH = Words(
    "{count} lines were pasted, and at most {most} are taken: callroom line --plain < FILE sends a file.",
    "粘贴了 {count} 行，最多 {most} 行：发送文件请用 callroom line --plain < 文件。",
)
NOT_REMEMBERED = Words("What you chose is not remembered: {why}", "设置没有保存：{why}")
NOT_READ = Words("Your settings could not be read: {why}", "无法读取设置：{why}")


def prompt(options: Options, lang: Lang, lang_given: bool) -> int:
    """Runs the client at a terminal until the person leaves; the exit code."""
    return asyncio.run(_Prompt(options, lang, lang_given).run())


class _Suggesting(Completer):
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterable[Completion]:
        """What may stand where the cursor is."""
        if document.cursor_position != len(document.text) or self._desk.model.call.secret:
            return
        for one in suggestions(document.text, self._desk.model, self._desk.lang):
            yield Completion(one.text, -one.replaces, display_meta=one.about)


class _Judging(Validator):
    """Keeps what does not fit at the prompt, with the reason below it."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def validate(self, document: Document) -> None:
        """Raises ValidationError with the reason."""
        if (words := unfit(self._desk.model, document.text)) is not None:
            raise ValidationError(len(document.text), words.say(self._desk.lang))


class _Prompt:
    """The terminal of one person."""

    def __init__(self, options: Options, lang: Lang, lang_given: bool) -> None:
        self._settings = default_file()
        remembered, fault = load(self._settings)
        if remembered.lang in ("en", "zh") and not lang_given:
            lang = "zh" if remembered.lang == "zh" else "en"
        self._remembered = remembered
        self._there = asyncio.Event()
        self._inbox = Inbox(self._wake)
        self._client = connect(options, self._inbox, lang)
        self._model: Model = new_model()
        self._desk = Desk(
            self._client, self._client.watch_frames, self._model, lang, room=options.room, at_prompt=True
        )
        self._desk.switches["instant"] = remembered.instant if options.instant is None else options.instant
        self._desk.switches["bell"] = remembered.bell if options.bell is None else options.bell
        self._rows: list[Row] = self._desk.rows.tell(NOT_READ.fill(why=fault), bad=True) if fault else []
        self._place = self._model.current
        self._was_secret = False  # what is being typed began in secret ...
        self._answered = 0  # ... unless the question was answered already, and it is for the next one
        self._running: asyncio.AbstractEventLoop | None = None
        self._keys = Keys()
        self._style = merge_styles([default_ui_style(), STYLE])
        self._session = self._new_session()

    def _new_session(self) -> PromptSession[str]:
        history = Path(platformdirs.user_state_path("callroom")) / "line-history"
        session: PromptSession[str] = PromptSession(
            self._message,
            bottom_toolbar=self._toolbar,
            refresh_interval=REFRESH_SECONDS,
            completer=_Suggesting(self._desk),
            validator=_Judging(self._desk),
            validate_while_typing=False,
            complete_while_typing=False,
            auto_suggest=AutoSuggestFromHistory(),
            history=Remembering(history),
            is_password=Condition(self._is_secret),
            style=STYLE,
            reserve_space_for_menu=MENU_ROWS,
            erase_when_done=True,
            key_bindings=bindings(self._keys, self),
        )
        return session

    async def run(self) -> int:
        """Until the person leaves."""
        loop = self._running = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, self.leave)
        self._client.start()
        try:
            with suppress(EOFError, KeyboardInterrupt):
                await self._session.prompt_async(
                    pre_run=lambda: self._session.app.create_background_task(self._pump()) and None
                )
        finally:
            self._inbox.close()
            await asyncio.to_thread(self._client.close)
        if self._model.name and not self._desk.quit:
            self._print(self._desk.rows.tell(KEPT.fill(name=self._model.name)))
        return DONE

    # --- what happens -------------------------------------------------------------------------------------

    def _wake(self) -> None:
        loop = self._running
        if loop is not None:
            with suppress(RuntimeError):  # the loop is closed: nobody looks any more
                loop.call_soon_threadsafe(self._there.set)

    async def _pump(self) -> None:
        while not self._desk.leaving:
            await self._there.wait()
            self._there.clear()
            events = self._inbox.take(BATCH)
            for event in events:
                self._rows += self._desk.happened(event)
            if len(events) == BATCH:
                self._there.set()
            # An answer from before the print would tell a row that the prompt no longer stands in.
            await self._session.app.renderer.wait_for_cpr_responses(CURSOR_SECONDS)
            self._show()
            await asyncio.sleep(REST_SECONDS)
        self.leave()

    def _show(self) -> None:
        """Prints what has been made, and takes the draft of another place if one is there now."""
        rows, self._rows = self._rows, []
        cleared, self._desk.cleared = self._desk.cleared, False
        if rows or cleared:
            self._print_above(rows, cleared)
        if any(row.bell for row in rows) and self._desk.switches["bell"]:
            self._session.app.output.bell()
        self._forget_secret()
        self._change_place()
        self._session.app.invalidate()

    def _print_above(self, rows: list[Row], cleared: bool) -> None:
        """Prints above the prompt, which is drawn anew below it.

        Not by `run_in_terminal`, nor by `patch_stdout` over it: both leave raw mode meanwhile, and what
        is typed in these milliseconds is echoed by the kernel into the talk.
        """
        app = self._session.app
        if app.is_running:
            app.renderer.erase(leave_alternate_screen=False)
        self._print(rows, cleared)
        if app.is_running:
            app.renderer.request_absolute_cursor_position()

    def _print(self, rows: list[Row], cleared: bool = False) -> None:
        output = self._session.app.output
        if cleared:
            output.erase_screen()
            output.cursor_goto(0, 0)
        parts = [(style, text) for row in rows for style, text in (*row.parts, ("", "\n"))]
        if parts:
            print_formatted_text(
                output, FormattedText(parts), self._style, color_depth=self._session.app.color_depth
            )

    def _forget_secret(self) -> None:
        """Shows nothing that was typed in secret after the robot has gone on by itself."""
        if self._is_secret():
            self._was_secret = self._model.call.asked != self._answered
        elif self._was_secret:
            self._was_secret = False
            self._session.default_buffer.reset()

    def _change_place(self) -> None:
        if self._place == self._model.current:
            return
        buffer = self._session.default_buffer
        self._model.apply(DraftChanged(at=time.monotonic(), place=self._place, text=buffer.text))
        self._place = self._model.current
        buffer.text = self._model.here.draft
        buffer.cursor_position = len(buffer.text)

    # --- for the keys -------------------------------------------------------------------------------------

    def entered(self, line: str) -> None:
        """A line was typed."""
        if line.startswith(SLASHES) and not self.secret:
            self._rows.append(Row((("class:note", f"> {line}"),)))
        if self.secret and line.strip():
            self._answered = self._model.call.asked
            self._was_secret = False
        self._rows += self._desk.typed(line)
        self._settle()

    def takes_at_once(self, key: str) -> bool:
        """Whether this key goes to the robot without Enter."""
        return self._desk.takes_at_once(key)

    def pressed(self, key: str) -> None:
        """A key that goes to the robot at once."""
        self._rows += self._desk.pressed(key)
        self._settle()

    @property
    def secret(self) -> bool:
        """Whether what is typed now must not be seen or remembered."""
        return self._is_secret()

    def pasted_too_much(self, count: int, most: int) -> None:
        """So many lines were pasted, and were not taken."""
        self._rows += self._desk.rows.tell(PASTED_TOO_MUCH.fill(count=count, most=most), bad=True)
        self._there.set()

    def leave(self) -> None:
        """Ends the prompt."""
        self._desk.leaving = True
        if self._session.app.is_running and not self._session.app.is_done:
            self._session.app.exit(result="")

    def _settle(self) -> None:
        """After something was typed: print, remember what was chosen, perhaps leave."""
        desk = self._desk
        chosen = Remembered(
            desk.switches["instant"], desk.switches["bell"], desk.chosen_lang or self._remembered.lang
        )
        if chosen != self._remembered and (fault := save(self._settings, chosen)):
            self._rows += desk.rows.tell(NOT_REMEMBERED.fill(why=fault), bad=True)
        self._remembered = chosen
        self._there.set()
        if desk.leaving:
            self.leave()

    # --- what is shown ------------------------------------------------------------------------------------

    def _is_secret(self) -> bool:
        return self._model.call.secret and not self._model.current

    def _message(self) -> FormattedText:
        place = self._model.current or ROBOT.say(self._desk.lang)
        return FormattedText([("class:place", place), ("", "> ")])

    def _toolbar(self) -> FormattedText:
        lang = self._desk.lang
        note = ""
        if self._keys.paste:
            place = self._model.current or ROBOT.say(lang)
            note = ASKED_PASTE.say(lang, count=len(self._keys.paste), place=place)
        elif self._keys.leaving(time.monotonic()):
            note = AGAIN_LEAVES.say(lang)
        typed = self._session.default_buffer.text
        return FormattedText(toolbar(self._model, time.monotonic(), lang, note, typed))
