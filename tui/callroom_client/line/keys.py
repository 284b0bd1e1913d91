"""The keys of the prompt that are its own: Enter, Ctrl-C, Ctrl-D, pastes, and digits for the robot."""

import time
import unicodedata
from collections.abc import Callable
from typing import Protocol

from prompt_toolkit.application import get_app
from prompt_toolkit.buffer import Buffer, ValidationState
from prompt_toolkit.filters import Condition, Filter
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.keys import Keys as Key

TWICE_SECONDS = 2.0
"""Two Ctrl-C within so long leave."""

MOST_PASTED = 1000
"""Lines of one paste; more than that is a file, for which there is `--plain`."""

YES = ("y", "是")
NO = ("n", "否", "\x1b")
DIGITS = "0123456789*#０１２３４５６７８９＊＃"


class Terminal(Protocol):
    """Whom the keys are for."""

    @property
    def secret(self) -> bool:
        """Whether what is typed must not be remembered."""
        ...

    def entered(self, line: str) -> None:
        """A line was typed."""
        ...

    def takes_at_once(self, key: str) -> bool:
        """Whether this key goes to the robot without Enter."""
        ...

    def pressed(self, key: str) -> None:
        """Such a key."""
        ...

    def pasted_too_much(self, count: int, most: int) -> None:
        """So many lines were pasted, and were not taken."""
        ...

    def leave(self) -> None:
        """The person leaves."""
        ...


class Keys:
    """What the keys have to remember: the lines of a paste that waits for a yes, and the last Ctrl-C."""

    def __init__(self) -> None:
        self.paste: list[str] = []
        self.draft = ""  # what was typed before it, and comes back after a no
        self._interrupted_at = float("-inf")

    def leaving(self, now: float) -> bool:
        """Whether another Ctrl-C leaves."""
        return now - self._interrupted_at < TWICE_SECONDS

    def interrupted(self, now: float) -> bool:
        """Ctrl-C on an empty line; whether it is the second one."""
        again = self.leaving(now)
        self._interrupted_at = now
        return again


def bindings(keys: Keys, terminal: Terminal, clock: Callable[[], float] = time.monotonic) -> KeyBindings:
    """The keys, bound."""
    bound = KeyBindings()
    asked = Condition(lambda: bool(keys.paste))
    _bind_line(bound, terminal, ~asked)
    _bind_interrupt(bound, keys, terminal, clock)
    _bind_paste(bound, keys, terminal, ~asked)
    _bind_answer(bound, keys, terminal, asked)
    for digit in DIGITS:
        _bind_digit(bound, terminal, digit, ~asked)
    return bound


def _bind_line(bound: KeyBindings, terminal: Terminal, free: Filter) -> None:
    """Enter sends what was typed; Ctrl-D leaves where nothing was."""

    @bound.add("enter", filter=free)
    def _enter(event: KeyPressEvent) -> None:
        buffer = event.current_buffer
        if buffer.complete_state is not None and buffer.complete_state.current_completion is not None:
            buffer.complete_state = None  # the completion was chosen; the next Enter sends
            return
        buffer.validation_state = ValidationState.UNKNOWN  # the robot may ask for something else by now
        if not buffer.validate():
            return
        text, secret = buffer.text, terminal.secret
        buffer.reset(append_to_history=bool(text.strip()) and not secret)
        terminal.entered(text)

    @bound.add("c-d", filter=free)
    def _end(event: KeyPressEvent) -> None:
        if event.current_buffer.text:
            event.current_buffer.delete()
        else:
            terminal.leave()


def _bind_interrupt(bound: KeyBindings, keys: Keys, terminal: Terminal, clock: Callable[[], float]) -> None:
    """Ctrl-C drops a paste, or else what was typed; twice where there is neither, it leaves."""

    @bound.add("c-c")
    def _interrupt(event: KeyPressEvent) -> None:
        buffer = event.current_buffer
        if keys.paste:
            _refuse(keys, buffer)
        elif buffer.text:
            buffer.reset()
        elif keys.interrupted(clock()):
            terminal.leave()


def _bind_paste(bound: KeyBindings, keys: Keys, terminal: Terminal, free: Filter) -> None:
    """A paste of several lines waits for a yes; one of a single line is typed text."""

    @bound.add(Key.BracketedPaste, filter=free)
    def _paste(event: KeyPressEvent) -> None:
        lines = [line for line in event.data.replace("\r\n", "\n").replace("\r", "\n").split("\n") if line]
        buffer = event.current_buffer
        if len(lines) < 2:
            buffer.insert_text("".join(lines))
            return
        if len(lines) > MOST_PASTED:
            terminal.pasted_too_much(len(lines), MOST_PASTED)
            return
        keys.draft = buffer.text
        lines[0] = keys.draft + lines[0]
        buffer.reset()
        keys.paste = lines


def _bind_answer(bound: KeyBindings, keys: Keys, terminal: Terminal, asked: Filter) -> None:
    """While a paste waits, every key is an answer: yes, no, or nothing."""

    @bound.add(Key.Any, filter=asked, eager=True)
    @bound.add("enter", filter=asked, eager=True)
    @bound.add("escape", filter=asked, eager=True)
    def _answer(event: KeyPressEvent) -> None:
        answer = event.data.lower()
        if answer in YES:
            lines, keys.paste = keys.paste, []
            for line in lines:
                terminal.entered(line)
        elif answer in NO:
            _refuse(keys, event.current_buffer)


def _refuse(keys: Keys, buffer: Buffer) -> None:
    """The paste is not sent, and what was typed before it comes back."""
    keys.paste = []
    buffer.insert_text(keys.draft)


def _bind_digit(bound: KeyBindings, terminal: Terminal, digit: str, free: Filter) -> None:
    """A digit is an entry for the robot by itself as long as nothing is typed."""
    key = unicodedata.normalize("NFKC", digit)

    def at_once() -> bool:
        return not get_app().current_buffer.text and terminal.takes_at_once(key)

    @bound.add(digit, filter=free & Condition(at_once), eager=True)
    def _press(event: KeyPressEvent) -> None:
        terminal.pressed(key)
