"""What a screen asks of the application above it."""

from collections.abc import Callable

from textual.message import Message
from textual.screen import Screen


class Copy(Message):
    """Copy a text to the clipboard."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text


class OpenLink(Message):
    """Open a link in the browser."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.url = url


class Ring(Message):
    """Ring the terminal's bell."""


class Call(Message):
    """Call a server, under a name ("": any)."""

    def __init__(self, url: str, name: str) -> None:
        super().__init__()
        self.url = url
        self.name = name


class Retheme(Message):
    """Take the next theme."""


class Relanguage(Message):
    """Take the other language."""


class Keep(Message):
    """Remember the settings."""


class Leave(Message):
    """End the application."""


class Over(Message):
    """Lay a screen over this one."""

    def __init__(self, screen: Screen[None]) -> None:
        super().__init__()
        self.screen = screen


class OpenLab(Message):
    """Show the lab."""


class AskPaste(Message):
    """Ask what to do with a pasted text, and tell `decided`."""

    def __init__(self, text: str, decided: Callable[[str | None], None]) -> None:
        super().__init__()
        self.text = text
        self.decided = decided


class Elsewhere(Message):
    """Call another server."""
