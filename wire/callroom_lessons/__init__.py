"""The lessons as pages: text in two languages, what to try, and where the lab opens them. Pure data."""

from importlib.resources import files
from urllib.parse import quote, urlencode

import msgspec

from callroom_words.words import Lang


class Both(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A text in each language."""

    en: str
    zh: str

    def say(self, lang: Lang) -> str:
        """The text in one of them."""
        return self.zh if lang == "zh" else self.en


class Listener(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where a lesson is: the scheme and the port at which `callroom lab` opens it.

    `command` is a line to type in another terminal, with `{host}` and `{port}`; `answer` is a part of what it
    then shows; `options` are those of its URL.
    """

    scheme: str
    port: int
    shows: Both
    command: str
    answer: str
    options: dict[str, str] = {}

    def url(self, host: str, port: int) -> str:
        """Its URL as `callroom serve --listen` takes it."""
        query = urlencode(self.options, quote_via=quote)
        return f"{self.scheme}://{host}:{port}{'?' if query else ''}{query}"

    def typed(self, host: str, port: int) -> str:
        """The line to type for a lesson that is there."""
        return self.command.replace("{host}", host).replace("{port}", str(port))


class Page(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A lesson: what it is about, what to try without writing code, and the example that is its client."""

    name: str
    title: Both
    about: Both
    tries: Both = msgspec.field(name="try")
    listeners: list[Listener] = msgspec.field(name="listener", default_factory=list[Listener])
    examples: list[str] = []


ORDER = (
    "upper",
    "datagrams",
    "web",
    "robot",
    "sticky",
    "command",
    "legitimacy",
    "waiting",
    "concurrency",
    "backlog",
    "handshake",
    "families",
)
"""The lessons, in the order in which they build on one another; a test compares them with the folder."""


def pages() -> list[Page]:
    """All lessons."""
    folder = files(__package__ or __name__) / "pages"
    texts = [(folder / f"{name}.toml").read_text(encoding="utf-8") for name in ORDER]
    return [msgspec.toml.decode(text, type=Page) for text in texts]
