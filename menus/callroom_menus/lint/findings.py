"""What the linter finds beyond what the loader refuses: each has a code, a severity, a sentence, a mend."""

from __future__ import annotations

from typing import Literal, NamedTuple

import msgspec

from callroom_menus.positions import Path
from callroom_menus.problems import Problem, Value
from callroom_menus.sections import is_control

Severity = Literal["error", "warning"]


class Kind(NamedTuple):
    """What can be wrong: how grave it is, a sentence and how to mend it, in English and Chinese.

    `unless` are the loader's codes that say the same: at the same line and column, theirs is enough.
    """

    severity: Severity
    text_en: str
    fix_en: str
    text_zh: str
    fix_zh: str
    unless: tuple[str, ...] = ()


FINDINGS: dict[str, Kind] = {
    "unreachable": Kind(
        "warning",
        "nothing leads to the node {node}",
        "let a key or a goto lead to it, or remove it",
        "没有任何路径通向节点 {node}",
        "请用按键或 goto 通向它，或删去它",
    ),
    "no-exit": Kind(
        "error",
        "from the node {node} no way leads to the end of the call",
        'give it a goto or give_up that leads to a node with end = "...", or exit_words',
        "从节点 {node} 出发，没有任何路径能结束通话",
        '请用 goto 或 give_up 通向带 end = "……" 的节点，或设置 exit_words',
        unless=("no-way-out", "wrong-type", "missing-field"),
    ),
    "silent-loop": Kind(
        "error",
        "the menu goes round without ever waiting: {way}",
        "let one of these nodes wait for a key, or lead out of the circle",
        "菜单会不停地绕圈，从不等待：{way}",
        "请让其中一个节点等待按键，或通向圈外",
    ),
    "loop-by-condition": Kind(
        "warning",
        "the menu goes round without waiting until a condition leads out: {way}",
        "make sure that the condition comes true, or wait for a key on the way",
        "菜单会不等待地绕圈，直到条件成立：{way}",
        "请确认条件一定会成立，或在途中等待按键",
    ),
    "lookup-loop": Kind(
        "warning",
        "a look-up that fails or finds nothing is tried again for ever: {way}",
        "let a node on the way wait for the caller",
        "查询失败或查不到时会无休止地重试：{way}",
        "请让途中的一个节点等待来电者",
    ),
    "key-not-there": Kind(
        "warning",
        "the text says to press {key}, but {key} is no key here",
        "write {{menu}}, correct the text, or add the key; keys here: {keys}",
        "文字里说按 {key}，但这里没有按键 {key}",
        "请写 {{menu}}，或更正文字，或加上按键；这里的按键：{keys}",
    ),
    "key-shadowed": Kind(
        "warning",
        "{key} means something else here than everywhere else: {label}",
        "use another key, so that callers can rely on the global one",
        "按键 {key} 在这里与别处含义不同（别处是：{label}）",
        "请换一个按键，让来电者处处都能用全局按键",
    ),
    "word-shadowed": Kind(
        "warning",
        "the word {word} means something else here than everywhere else: {label}",
        "give it to one of them",
        "“{word}”在这里与别处含义不同（别处是：{label}）",
        "请只保留一处",
    ),
    "unset-slot": Kind(
        "warning",
        "{name} may be said before it is set: there is a way here on which nothing sets it",
        "set it on every way to this node, or at a node before",
        "变量 {name} 可能在赋值之前就被念出：有的路径没有给它赋值",
        "请在通向这里的每条路径上，或在更早的节点给它赋值",
        unless=("unknown-variable",),
    ),
    "never-set": Kind(
        "error",
        "{name} is said here, but nothing sets it",
        "{hint}",
        "这里念出变量 {name}，但没有任何地方给它赋值",
        "{hint}",
        unless=("unknown-variable",),
    ),
    "translation-missing": Kind(
        "warning",
        "{what} is not translated",
        "add it under the same names as in {base}",
        "{what} 没有译文",
        "请用与 {base} 相同的名称补上",
    ),
    "translation-extra": Kind(
        "error",
        "{what} is translated, but {base} has no such thing",
        "remove it, or correct the name",
        "{what} 有译文，但 {base} 中没有它",
        "请删去它，或更正名称",
        unless=("nothing-to-translate", "not-a-text"),
    ),
    "translation-variables": Kind(
        "warning",
        "the translation and the text in {base} fill in different variables: {names}",
        "use the same ones in both",
        "译文与 {base} 中的文字使用的变量不同：{names}",
        "请使用相同的变量",
    ),
    "hours-overlap": Kind(
        "warning",
        "the hours {first} and {second} overlap on the same day",
        "make one interval of them",
        "同一天的时段 {first} 和 {second} 重叠",
        "请合并成一个时段",
    ),
    "hours-never": Kind(
        "warning",
        "{hours} are never open",
        'add hours: week = {{ mon-fri = ["08:00-18:00"] }}',
        "{hours} 从不开放",
        '请加上时段：week = {{ mon-fri = ["08:00-18:00"] }}',
        unless=("missing-field", "empty"),
    ),
    "unknown-source": Kind(
        "error",
        "there is no source {name} in sources.toml beside the menu",
        "{hint}",
        "菜单旁的 sources.toml 中没有数据源 {name}",
        "{hint}",
    ),
    "unknown-queue": Kind(
        "warning",
        "there is no queue {name}",
        "{hint}",
        "没有名为 {name} 的队列",
        "{hint}",
    ),
    "unknown-runbook": Kind(
        "warning",
        "there is no runbook {name}",
        "{hint}",
        "没有名为 {name} 的运行手册",
        "{hint}",
    ),
    "unknown-call": Kind(
        "error",
        "{target} cannot be called: {missing} is not there",
        "{hint}",
        "无法调用 {target}:没有 {missing}",
        "{hint}",
        unless=("bad-call",),
    ),
    "too-deep": Kind(
        "warning",
        "the node {node} lies {depth} menus deep; callers get lost below {limit}",
        "bring it nearer to the start, or let words lead to it",
        "节点 {node} 在第 {depth} 层菜单；超过 {limit} 层来电者容易迷路",
        "请让它离开头近一些",
    ),
    "too-wide": Kind(
        "warning",
        "this menu has {count} choices; nobody remembers more than {limit}",
        "put some of them into a menu of their own, or hide those that words lead to",
        "这个菜单有 {count} 个选项；超过 {limit} 个就记不住了",
        "请把一部分放进下一级菜单，或隐藏可以用词语到达的选项",
    ),
    "long-text": Kind(
        "warning",
        "this text has {count} characters; nobody listens to more than {limit}",
        "say less, or spread it over two nodes",
        "这段文字有 {count} 个字符；超过 {limit} 个就没有人会看完",
        "请缩短，或分成两个节点",
    ),
    "silent-no-input": Kind(
        "warning",
        "after {seconds} s of silence this menu has nothing of its own to say",
        'add no_input = ["..."] here or in [defaults], with words besides the variables',
        "沉默 {seconds} 秒之后，这个菜单没有自己的提示语",
        '请在这里或 [defaults] 中加上 no_input = ["……"]，不能只有变量',
    ),
    "secret-unmasked": Kind(
        "warning",
        "{slot} looks like a secret, but what is typed is logged and shown",
        "add mask = true",
        "{slot} 像是机密内容，但输入会被记录和显示",
        "请加上 mask = true",
    ),
    "transcript-alone": Kind(
        "warning",
        "there is no menu {base} that these conversations are with",
        "rename this file, or the menu",
        "没有与这些对话对应的菜单 {base}",
        "请给本文件或菜单改名",
    ),
}


class Found(NamedTuple):
    """Something found at a path of the source, before it has a line."""

    code: str
    path: Path
    values: dict[str, Value]


class Finding(msgspec.Struct, frozen=True):
    """A problem, and whether it keeps the menu from being used."""

    severity: Severity
    problem: Problem

    def told(self, lang: str) -> str:
        """The finding in one line, as a compiler writes it; nothing in it is obeyed by a terminal."""
        it = self.problem
        chinese = lang == "zh"
        severity = {"error": "错误", "warning": "警告"}[self.severity] if chinese else self.severity
        text, fix = (it.text_zh, it.fix_zh) if chinese else (it.text_en, it.fix_en)
        line = f"{it.file}:{it.line}:{it.column}: {severity}: {text} - {fix} [{it.code}]"
        return "".join(f"\\x{ord(sign):02x}" if is_control(sign) else sign for sign in line)


def found(code: str, path: Path, /, **values: Value) -> Found:
    """Something found; a value given as a pair is (English, Chinese)."""
    return Found(code, path, values)


def placed(file: str, line: int, column: int, it: Found) -> Finding:
    """The finding with its place and its sentences."""
    kind = FINDINGS[it.code]
    english = {name: value[0] if isinstance(value, tuple) else value for name, value in it.values.items()}
    chinese = {name: value[1] if isinstance(value, tuple) else value for name, value in it.values.items()}
    problem = Problem(
        file,
        line,
        column,
        it.code,
        kind.text_en.format_map(english),
        kind.text_zh.format_map(chinese),
        kind.fix_en.format_map(english),
        kind.fix_zh.format_map(chinese),
    )
    return Finding(kind.severity, problem)
