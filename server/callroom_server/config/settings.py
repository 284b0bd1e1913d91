"""The settings of one server: what its operator chose, or the defaults."""

from pathlib import Path
from typing import Annotated, Literal

import msgspec

from callroom_server.config.limits import Limits
from callroom_words.words import Lang, Words

LogFormat = Literal["human", "json"]
Watchers = Literal["loopback", "anyone", "nobody"]
LogLevel = Literal["debug", "info", "warning", "error"]

_Listener = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9+]*://\S+$")]


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything `callroom serve` can be told; each field's description is its line in docs/operations.md."""

    data: Annotated[
        Path, msgspec.Meta(description="the folder of the ledger and its lock; made when missing")
    ]
    listen: Annotated[
        tuple[_Listener, ...],
        msgspec.Meta(
            min_length=1, description="where to listen; the scheme names the door, `tcp` tells doors apart"
        ),
    ] = ("tcp://127.0.0.1:8888",)
    menus: Annotated[
        Path | None,
        msgspec.Meta(description="a folder of menus of your own, before those that ship with Callroom"),
    ] = None
    runbooks: Annotated[
        Path | None,
        msgspec.Meta(description="a `runbooks.toml`: commands that may be run, by name; else there are none"),
    ] = None
    lab_reach: Annotated[
        Literal["loopback", "network"],
        msgspec.Meta(
            description="who may reach the lessons: `loopback` is this machine only, `network` everyone"
        ),
    ] = "loopback"
    menu: Annotated[
        str,
        msgspec.Meta(pattern=r"^[\w.-]{1,64}$", description="the menu that answers a caller"),
    ] = "10086"
    name: Annotated[
        str,
        msgspec.Meta(pattern=r"^\S.{0,62}\S$|^\S$", description="what the house calls itself"),
    ] = "callroom"
    lang: Annotated[
        Lang, msgspec.Meta(description="the language spoken to whoever has not chosen one; else LANG decides")
    ] = "en"
    log_format: Annotated[
        LogFormat, msgspec.Meta(description="`human` for a terminal, `json` for machines: one object a line")
    ] = "human"
    log_level: Annotated[LogLevel, msgspec.Meta(description="events below this level are not written")] = (
        "info"
    )
    metrics: Annotated[
        Watchers,
        msgspec.Meta(
            description="who may read `/metrics`: `loopback` (this machine, no proxy), `anyone`, `nobody`"
        ),
    ] = "loopback"
    site: Annotated[
        str,
        msgspec.Meta(
            pattern=r"^$|^https?://[^\s/?#]+$",
            description="where people reach its pages, such as `https://chat.example`; else the listener's",
        ),
    ] = ""
    flood: Annotated[
        bool, msgspec.Meta(description="whether flood control slows who sends too fast; off for benchmarks")
    ] = True
    limits: Limits = Limits()


class ConfigError(Exception):
    """A setting is wrong and nothing was started; `words` name the place, the key and what would be right."""

    def __init__(self, words: Words) -> None:
        super().__init__(words.en)
        self.words = words
