"""`callroom menus check`: what is wrong with menu files, line by line as a compiler tells it, or as JSON."""

import sys
from pathlib import Path

import msgspec

from callroom_menus.check import Checked, check
from callroom_menus.lint import Finding
from callroom_words.options import LANG, Command, Line, Option
from callroom_words.words import Lang, Words

COMMAND = Command(
    "menus check",
    Words(
        "Checks menus, translations and transcripts: these files, or all in these folders (without any, in\n"
        "the present one). Each file is judged by what lies beside it, too. Exit code 1 if there are errors.",
        "检查菜单、译文和对话记录：所列的文件，或所列文件夹中的全部文件（不写则为当前文件夹）。\n"
        "每个文件都会与同一文件夹中的其他文件对照。有错误则退出码为 1。",
    ),
    arguments=(
        (
            "[FILE|FOLDER]...",
            Words("what to check; by default the present folder", "要检查的文件或文件夹；默认为当前文件夹"),
        ),
    ),
    options=(
        Option("--json", Words("one JSON object for each finding", "每项输出一个 JSON 对象")),
        Option("--strict", Words("warnings count as errors", "警告也算错误")),
        Option(
            "--queue",
            Words(
                "a queue that the house has, once for each; without any, queues are not checked",
                "本站有的队列，可多次给出；不写则不检查队列",
            ),
            "NAME",
            many=True,
        ),
        Option(
            "--runbooks",
            Words(
                "the runbooks that the house has; by default runbooks.toml beside the menu, if it is there",
                "本站的运行手册文件；默认为菜单旁的 runbooks.toml（如果有）",
            ),
            "FILE",
        ),
        LANG,
    ),
)

SUMMARY = Words(
    "files: {files}, errors: {errors}, warnings: {warnings}",
    "文件 {files}，错误 {errors}，警告 {warnings}",
)
NOTHING = Words("callroom menus check: no menus in {paths}", "callroom menus check：{paths} 中没有菜单")


class Row(msgspec.Struct, frozen=True):
    """A finding as `--json` writes it."""

    file: str
    line: int
    column: int
    severity: str
    code: str
    text: str
    mend: str


def run(line: Line, lang: Lang) -> int:
    """Checks, tells, and returns the exit code."""
    paths = [Path(argument) for argument in line.arguments] or [Path()]
    runbooks = line.value("runbooks")
    checked = check(paths, line.values("queue") or None, Path(runbooks) if runbooks else None)
    if not checked.files:
        print(NOTHING.say(lang, paths=", ".join(ascii(str(path))[1:-1] for path in paths)), file=sys.stderr)
        return 1
    if line.flag("json"):
        for it in checked.findings:
            print(msgspec.json.encode(_row(it, lang)).decode())
    else:
        for it in checked.findings:
            print(it.told(lang))
        print(_summary(checked, lang), file=sys.stderr)
    failed = checked.findings if line.flag("strict") else checked.count("error")
    return 1 if failed else 0


def _row(it: Finding, lang: Lang) -> Row:
    told = it.problem
    text, mend = (told.text_zh, told.fix_zh) if lang == "zh" else (told.text_en, told.fix_en)
    return Row(told.file, told.line, told.column, it.severity, told.code, text, mend)


def _summary(checked: Checked, lang: Lang) -> str:
    errors, warnings = checked.count("error"), checked.count("warning")
    return SUMMARY.say(lang, files=checked.files, errors=errors, warnings=warnings)
