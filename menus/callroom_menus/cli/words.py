"""Sentences in the languages of the robot, and which of them a person's environment asks for."""

from collections.abc import Mapping
from typing import Literal, NamedTuple

Lang = Literal["en", "zh"]


class Words(NamedTuple):
    """One sentence in each language; `{name}` stands where `say` puts a value."""

    en: str
    zh: str

    def say(self, lang: Lang, **values: str | int) -> str:
        """The sentence in one language, with its values."""
        return (self.zh if lang == "zh" else self.en).format_map(values)


def preferred(environ: Mapping[str, str]) -> Lang:
    """The language that CALLROOM_LANG, LC_ALL, LC_MESSAGES or LANG asks for, in this order (locale(7))."""
    for name in ("CALLROOM_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        if value := environ.get(name):
            return "zh" if value.lower().startswith("zh") else "en"
    return "en"
