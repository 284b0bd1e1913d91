"""What can be set before an experiment: read from what a person typed, or refused in words."""

from collections.abc import Mapping

import msgspec

from callroom_words.words import Words

NO_NUMBER = Words(
    "{name}: {given} is no whole number; from {low} to {high}",
    "{name}：{given} 不是整数；可以是 {low} 到 {high}",
)
OUT_OF_RANGE = Words(
    "{name}: {given} is not from {low} to {high}", "{name}：{given} 不在 {low} 到 {high} 之间"
)
NO_CHOICE = Words("{name}: there is no {given}; there are {names}", "{name}：没有 {given}；可选 {names}")
TOO_LONG = Words(
    "{name}: {count} bytes, {limit} at most (UTF-8)", "{name}：{count} 字节，最多 {limit}（UTF-8）"
)
EMPTY = Words("{name}: write at least one word", "{name}：至少写一个词")
UNKNOWN = Words("there is no parameter {name}", "没有参数 {name}")
LONGEST_SHOWN = 40


class ParameterError(ValueError):
    """A value does not fit; `words` says why."""

    def __init__(self, words: Words) -> None:
        super().__init__(words.en)
        self.words = words


class Number(msgspec.Struct, frozen=True):
    """A whole number."""

    name: str
    words: Words
    default: str
    low: int
    high: int

    def check(self, given: str) -> None:
        """Raises ParameterError for what does not fit."""
        ranged = {"name": self.words, "given": given[:LONGEST_SHOWN], "low": self.low, "high": self.high}
        if not (given.isascii() and given.isdigit() and len(given) < 10):
            raise ParameterError(NO_NUMBER.fill(**ranged))
        if not self.low <= int(given) <= self.high:
            raise ParameterError(OUT_OF_RANGE.fill(**ranged))


class Choice(msgspec.Struct, frozen=True):
    """One of several."""

    name: str
    words: Words
    default: str
    choices: tuple[tuple[str, Words], ...]

    def check(self, given: str) -> None:
        """Raises ParameterError for what does not fit."""
        names = [name for name, _ in self.choices]
        if given not in names:
            raise ParameterError(
                NO_CHOICE.fill(name=self.words, given=given[:LONGEST_SHOWN], names=", ".join(names))
            )


class Text(msgspec.Struct, frozen=True):
    """A text of some words."""

    name: str
    words: Words
    default: str
    most: int
    """Bytes in UTF-8."""

    def check(self, given: str) -> None:
        """Raises ParameterError for what does not fit."""
        if not given.strip():
            raise ParameterError(EMPTY.fill(name=self.words))
        # A lone surrogate, which a terminal may send, is three bytes, too.
        if (count := len(given.encode("utf-8", "surrogatepass"))) > self.most:
            raise ParameterError(TOO_LONG.fill(name=self.words, count=count, limit=self.most))


Parameter = Number | Choice | Text


class Values:
    """What was set, checked.

    Args:
        parameters: of the experiment.
        given: by name, as typed; what is missing has its default.

    Raises:
        ParameterError: something does not fit.
    """

    def __init__(self, parameters: tuple[Parameter, ...], given: Mapping[str, str]) -> None:
        self._values = {one.name: given.get(one.name, one.default).strip() for one in parameters}
        for name in given:
            if name not in self._values:
                raise ParameterError(UNKNOWN.fill(name=name))
        for one in parameters:
            one.check(self._values[one.name])

    def text(self, name: str) -> str:
        """A text, or which of several."""
        return self._values[name]

    def encoded(self, name: str) -> bytes:
        """A text in UTF-8."""
        return self._values[name].encode("utf-8", "replace")

    def number(self, name: str) -> int:
        """A whole number."""
        return int(self._values[name])

    def seconds(self, name: str) -> float:
        """A number of milliseconds, in seconds."""
        return self.number(name) / 1000

    def on(self, name: str) -> bool:
        """Whether a switch is on."""
        return self._values[name] == "on"


OFF_ON = (("off", Words("off", "关")), ("on", Words("on", "开")))


def switch(name: str, words: Words, on: bool = False) -> Choice:
    """A parameter that is on or off."""
    return Choice(name, words, "on" if on else "off", OFF_ON)
