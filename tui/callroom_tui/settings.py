"""What the screen remembers from one time to the next, in one JSON file."""

import os
from pathlib import Path
from typing import Literal

import msgspec
import platformdirs

from callroom_words.words import Words

MAX_RECENT = 8
"""So many addresses are remembered."""
MAX_DRAFTS = 20
"""So many drafts are remembered of each of them."""

UNREAD = Words(
    "The settings could not be read, so the defaults hold: {why}", "设置无法读取，使用默认值：{why}"
)
DAMAGED = Words(
    "The settings in {file} are damaged, so the defaults hold: {why}. The file is kept as {kept}.",
    "设置文件 {file} 已损坏，使用默认值：{why}。原文件保留为 {kept}。",
)

Bell = Literal["mention", "all", "never"]
Panel = Literal["", "people", "connection", "timeouts"]


class Settings(msgspec.Struct, omit_defaults=True):
    """Everything that is remembered; a key that a later version added is passed over."""

    theme: str = ""
    lang: Literal["", "en", "zh"] = ""
    bell: Bell = "mention"
    panel: Panel = "people"
    places: bool = True
    digits: bool = True
    """A digit goes to the robot at once while nothing has been typed."""
    recent: list[str] = []
    name: str = ""
    drafts: dict[str, dict[str, str]] = {}
    """By address and place: what was being typed there when the screen was left."""

    def called(self, url: str) -> None:
        """An address was reached: it is the first of the recent ones."""
        self.recent = [url, *(known for known in self.recent if known != url)][:MAX_RECENT]

    def keep_drafts(self, url: str, drafts: dict[str, str]) -> None:
        """Remembers what is being typed at an address; of places that were not gone to, what was known."""
        known = {**self.drafts.get(url, {}), **drafts}
        kept = dict(list(known.items())[-MAX_DRAFTS:])
        others = {other: found for other, found in self.drafts.items() if other in self.recent}
        self.drafts = {**others, url: kept}
        if not kept:
            del self.drafts[url]


def default_file() -> Path:
    """Where it is, by the custom of this system."""
    return platformdirs.user_config_path("callroom") / "screen.json"


def load(file: Path) -> tuple[Settings, Words | None]:
    """What is remembered, and what is wrong with the file if it cannot be read; then the defaults hold.

    A damaged file is put aside, for the next one takes its place.
    """
    try:
        return msgspec.json.decode(file.read_bytes(), type=Settings), None
    except FileNotFoundError:
        return Settings(), None
    except OSError as error:
        return Settings(), UNREAD.fill(why=f"{file}: {error.strerror}")
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        aside = file.with_name(f"{file.name}.damaged")
        try:
            file.replace(aside)
        except OSError:
            return Settings(), UNREAD.fill(why=f"{file}: {error}")
        return Settings(), DAMAGED.fill(file=str(file), why=str(error), kept=aside.name)


def save(settings: Settings, file: Path) -> None:
    """Remembers; a crash leaves the old file or the new one, never half of it.

    Raises:
        OSError: it cannot be written.
    """
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = file.with_name(f"{file.name}.{os.getpid()}")
    try:
        fresh.touch(mode=0o600)  # drafts are nobody else's business
        fresh.write_bytes(msgspec.json.format(msgspec.json.encode(settings), indent=2) + b"\n")
        fresh.replace(file)
    except OSError:
        fresh.unlink(missing_ok=True)
        raise
