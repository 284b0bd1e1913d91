"""Conditions: comparisons, `and`, `or`, `not`, dotted names, `open("desk")`, and nothing else.

    when = [{ if = 'plan == "gold" and not (visits.pin >= 3)', goto = "gold" }, { else = true, goto = "x" }]

Every variable is text, and a missing one is empty. Two sides are compared as numbers where both look like
numbers and neither is in quotes; a number is never equal to, less or greater than what is none. A name by
itself is true unless it is empty. No text is ever run as code: it is parsed, once, when the menu is read.
"""

from __future__ import annotations

import re
from typing import NoReturn, Protocol

import msgspec

MAX_LENGTH = 400  # characters
MAX_DEPTH = 16  # parentheses and nots inside each other

NAME = r"[A-Za-z_][A-Za-z0-9_-]*(?:\.[A-Za-z0-9_\u0080-\uffff-]+)*"

_TOKEN = re.compile(
    rf"""\s*(?:(?P<text>"[^"]*"|'[^']*') | (?P<number>-?\d{{1,15}}(?:\.\d{{1,9}})?(?![\w.]))
    | (?P<sign>==|!=|<=|>=|<|>|\(|\)) | (?P<name>{NAME}))""",
    re.VERBOSE,
)
_NUMBER = re.compile(r"-?\d{1,15}(?:\.\d{1,9})?", re.ASCII)
_WORDS = frozenset({"and", "or", "not", "true", "false", "open", "else", "if"})


class Scene(Protocol):
    """What a condition is asked about."""

    def value(self, name: str) -> str:
        """A variable; empty if there is none."""
        ...

    def open(self, hours: str) -> bool:
        """Whether these hours are open now."""
        ...


class BadExpression(ValueError):  # noqa: N818 - named for what it is about, like re.error
    """An expression that will not do; `reason` in English and Chinese."""

    def __init__(self, english: str, chinese: str) -> None:
        super().__init__(english)
        self.reason = english, chinese


class Expression(msgspec.Struct, frozen=True, gc=False):
    """Something that is true or not."""

    def true(self, scene: Scene) -> bool:
        """Whether it is, now."""
        raise NotImplementedError


class Condition(msgspec.Struct, frozen=True, gc=False):
    """An expression as it was written, and the variables and hours that it names."""

    source: str
    expression: Expression
    names: tuple[str, ...]
    hours: tuple[str, ...]

    def true(self, scene: Scene) -> bool:
        """Whether it is true now."""
        return self.expression.true(scene)


class Operand(msgspec.Struct, frozen=True, gc=False):
    """A side of a comparison: a variable's name, or a text or number as it stands."""

    text: str
    kind: str  # name, text, number

    def value(self, scene: Scene) -> str:
        """What it is now."""
        return scene.value(self.text) if self.kind == "name" else self.text


class Named(Expression, frozen=True):
    """A name by itself."""

    name: str

    def true(self, scene: Scene) -> bool:
        """Whether it is set."""
        return scene.value(self.name) != ""


class Open(Expression, frozen=True):
    """`open("desk")`."""

    hours: str

    def true(self, scene: Scene) -> bool:
        """Whether it is open."""
        return scene.open(self.hours)


class Not(Expression, frozen=True):
    """`not x`."""

    one: Expression

    def true(self, scene: Scene) -> bool:
        """The contrary."""
        return not self.one.true(scene)


class Both(Expression, frozen=True):
    """`x and y and z`."""

    all: tuple[Expression, ...]

    def true(self, scene: Scene) -> bool:
        """Whether all are."""
        return all(one.true(scene) for one in self.all)


class Either(Expression, frozen=True):
    """`x or y or z`."""

    any: tuple[Expression, ...]

    def true(self, scene: Scene) -> bool:
        """Whether any is."""
        return any(one.true(scene) for one in self.any)


class Compared(Expression, frozen=True):
    """`left sign right`."""

    left: Operand
    sign: str
    right: Operand

    def true(self, scene: Scene) -> bool:
        """As numbers if it can be, else as texts."""
        left, right = self.left.value(scene), self.right.value(scene)
        kinds = self.left.kind, self.right.kind
        if "text" not in kinds:
            if _NUMBER.fullmatch(left) and _NUMBER.fullmatch(right):
                return _compared(float(left), self.sign, float(right))
            if "number" in kinds:
                return self.sign == "!="
        return _compared(left, self.sign, right)


# By which way round the two sides stand: -1, 0, 1.
_SIGNS: dict[str, frozenset[int]] = {
    "==": frozenset({0}),
    "!=": frozenset({-1, 1}),
    "<": frozenset({-1}),
    "<=": frozenset({-1, 0}),
    ">": frozenset({1}),
    ">=": frozenset({0, 1}),
}


def parsed(source: str) -> Condition:
    """The condition in this text.

    Raises:
        BadExpression: it is none.
    """
    if len(source) > MAX_LENGTH:
        raise BadExpression(f"it is over {MAX_LENGTH} characters", f"超过 {MAX_LENGTH} 个字符")
    parser = _Parser(source)
    return Condition(source, parser.whole(), tuple(sorted(parser.names)), tuple(sorted(parser.hours)))


class _Parser:
    """Recursive descent over the tokens; `or` binds weaker than `and`, `and` weaker than `not`."""

    def __init__(self, source: str) -> None:
        self.names: set[str] = set()
        self.hours: set[str] = set()
        self._tokens = _tokens(source)
        self._at = 0

    def whole(self) -> Expression:
        expression = self._either(0)
        if self._kind():
            self._refuse()
        return expression

    def _either(self, depth: int) -> Expression:
        parts = [self._both(depth)]
        while self._skip("or"):
            parts.append(self._both(depth))
        return parts[0] if len(parts) == 1 else Either(tuple(parts))

    def _both(self, depth: int) -> Expression:
        parts = [self._one(depth)]
        while self._skip("and"):
            parts.append(self._one(depth))
        return parts[0] if len(parts) == 1 else Both(tuple(parts))

    def _one(self, depth: int) -> Expression:
        if depth > MAX_DEPTH:
            raise BadExpression("it is nested too deeply", "嵌套太深")
        if self._skip("not"):
            return Not(self._one(depth + 1))
        if self._skip("("):
            inner = self._either(depth + 1)
            self._need(")")
            return inner
        if self._text() == "open" and self._text(1) == "(":
            self._at += 2
            if self._kind() != "text":
                self._refuse()
            name = self._take()[1:-1]
            self.hours.add(name)
            self._need(")")
            return Open(name)
        left = self._operand()
        if self._text() in _SIGNS:
            return Compared(left, self._take(), self._operand())
        if left.kind != "name":
            self._refuse()
        return Named(left.text)

    def _operand(self) -> Operand:
        kind, text = self._kind(), self._text()
        if kind not in ("name", "text", "number") or text in _WORDS:
            self._refuse()
        self._at += 1
        if kind == "name":
            self.names.add(text)
        return Operand(text[1:-1] if kind == "text" else text, kind)

    def _kind(self) -> str:
        return self._tokens[self._at][0] if self._at < len(self._tokens) else ""

    def _text(self, ahead: int = 0) -> str:
        at = self._at + ahead
        return self._tokens[at][1] if at < len(self._tokens) else ""

    def _take(self) -> str:
        self._at += 1
        return self._tokens[self._at - 1][1]

    def _skip(self, text: str) -> bool:
        if self._text() != text:
            return False
        self._at += 1
        return True

    def _need(self, text: str) -> None:
        if not self._skip(text):
            self._refuse()

    def _refuse(self) -> NoReturn:
        found = self._text()
        raise BadExpression(
            f"it stops making sense at {found or 'its end'}", f"从“{found or '末尾'}”起无法理解"
        )


def _tokens(source: str) -> list[tuple[str, str]]:
    tokens: list[tuple[str, str]] = []
    at, end = 0, len(source.rstrip())
    while at < end:
        match = _TOKEN.match(source, at)
        if match is None:
            raise BadExpression(
                f"it stops making sense at {source[at : at + 12].strip()}",
                f"从“{source[at : at + 12].strip()}”起无法理解",
            )
        kind = match.lastgroup or ""
        tokens.append((kind, match[kind]))
        at = match.end()
    return tokens


def _compared(left: str | float, sign: str, right: str | float) -> bool:
    if isinstance(left, float) and isinstance(right, float):
        order = (left > right) - (left < right)
    else:
        order = (str(left) > str(right)) - (str(left) < str(right))
    return order in _SIGNS[sign]
