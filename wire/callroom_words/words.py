"""A sentence in the languages of Callroom, and which of them a person's environment asks for."""

from collections.abc import Mapping
from typing import Literal, NamedTuple

Lang = Literal["en", "zh"]


class Words(NamedTuple):
    """One sentence in each language; `{name}` stands where `fill` puts a value."""

    en: str
    zh: str

    def fill(self, **values: "str | int | Words") -> "Words":
        """The same with values in place; a value that is `Words` itself goes in by language."""
        return Words(
            self.en.format_map({name: v.en if isinstance(v, Words) else v for name, v in values.items()}),
            self.zh.format_map({name: v.zh if isinstance(v, Words) else v for name, v in values.items()}),
        )

    def say(self, lang: Lang, **values: "str | int | Words") -> str:
        """The sentence in one language, with values in place if any are given."""
        words = self.fill(**values) if values else self
        return words.zh if lang == "zh" else words.en


def preferred(environ: Mapping[str, str]) -> Lang:
    """The language that CALLROOM_LANG, LC_ALL, LC_MESSAGES or LANG asks for, in this order (locale(7))."""
    for name in ("CALLROOM_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        if value := environ.get(name):
            return "zh" if value.lower().startswith("zh") else "en"
    return "en"
