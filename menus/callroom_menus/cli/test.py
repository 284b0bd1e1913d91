"""`callroom menus test`: plays the transcripts that lie beside menus, and brings them up to date."""

import difflib
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from callroom_menus.beside import load_with_called
from callroom_menus.cli.telling import menu_file, printable, tell_problems
from callroom_menus.model import Menus
from callroom_menus.problems import MenuError
from callroom_menus.reading import read_source
from callroom_menus.rewriting import rewritten
from callroom_menus.transcript import Difference, Transcript, play, read_transcripts
from callroom_words.options import LANG, Command, Line, Option
from callroom_words.words import Lang, Words

COMMAND = Command(
    "menus test",
    Words(
        "Plays transcripts (.chat) against the menus beside them: these files, or all in these folders.\n"
        "A menu's own name (10086.toml) stands for its transcripts. Exit code 1 if a call goes another way.",
        "用菜单检验旁边的对话记录（.chat）：所列的文件，或所列文件夹中的全部。\n"
        "写菜单文件名（10086.toml）即指它的记录。有不同则退出码为 1。",
    ),
    arguments=(
        (
            "[FILE|FOLDER]...",
            Words("what to play; by default the present folder", "要检验的文件或文件夹；默认为当前文件夹"),
        ),
    ),
    options=(
        Option(
            "--update",
            Words(
                "rewrite what is expected from what the menus say now, and show the changes",
                "按菜单现在所说的改写预期内容，并显示改动",
            ),
        ),
        LANG,
    ),
)

DIFFERS = Words(
    "{place}: expected {expected}, got {came}  ({name})", "{place}：预期 {expected}，实为 {came}（{name}）"
)
NOTHING = Words("nothing", "无")
NAMELESS = Words("without a name", "未命名")
SUMMARY = Words(
    "files: {files}, calls: {calls}, gone another way: {failed}", "文件 {files}，通话 {calls}，不符 {failed}"
)
UPDATED = Words("rewritten: {files} of {all}", "已改写 {files} 个文件，共 {all} 个")
NONE_THERE = Words(
    "callroom menus test: no transcripts in {paths}", "callroom menus test：{paths} 中没有对话记录"
)
FAILED = Words("callroom menus test: {file}: {reason}", "callroom menus test：{file}：{reason}")


def run(line: Line, lang: Lang) -> int:
    """Plays, tells, and returns the exit code."""
    arguments = line.arguments or ["."]
    files = list(dict.fromkeys(_files(arguments)))
    if not files:
        paths = ", ".join(printable(argument) for argument in arguments)
        print(NONE_THERE.say(lang, paths=paths), file=sys.stderr)
        return 1
    update = line.flag("update")
    calls = failed = changed = broken = 0
    for file in files:
        try:
            text = read_source(file)
            transcripts = read_transcripts(text, str(file))
            menus = load_with_called(file.with_suffix(".toml"))
        except MenuError as error:
            broken += tell_problems(error, lang)
            continue
        if update and (new := rewritten(menus, text, transcripts)) != text:
            broken += not _write(file, text, new, lang)
            transcripts = read_transcripts(new, str(file))
            changed += 1
        calls += len(transcripts)
        failed += _play(menus, transcripts, lang)
    if update:
        print(UPDATED.say(lang, files=changed, all=len(files)), file=sys.stderr)
    print(SUMMARY.say(lang, files=len(files), calls=calls, failed=failed), file=sys.stderr)
    return 1 if failed or broken else 0


def _files(arguments: Sequence[str]) -> Iterator[Path]:
    for argument in arguments:
        path = menu_file(argument)
        if path.is_dir():
            yield from sorted(path.glob("*.chat"))
        else:
            yield path.with_suffix(".chat") if path.suffix == ".toml" else path


def _play(menus: Menus, transcripts: Sequence[Transcript], lang: Lang) -> int:
    """How many of these calls went another way; each is told."""
    failed = 0
    for transcript in transcripts:
        differences = play(menus, transcript)
        failed += bool(differences)
        for difference in differences:
            print(printable(_told(difference, transcript.name, lang)))
    return failed


def _told(difference: Difference, name: str, lang: Lang) -> str:
    return DIFFERS.say(
        lang,
        place=f"{difference.file}:{difference.line}",
        expected=difference.expected or NOTHING,
        came=difference.came.replace("\n", " ") or NOTHING,
        name=name or NAMELESS,
    )


def _write(file: Path, old: str, new: str, lang: Lang) -> bool:
    name = str(file)
    for row in difflib.unified_diff(old.splitlines(), new.splitlines(), name, name, lineterm=""):
        print(printable(row))
    try:
        file.write_text(new, encoding="utf-8", newline="\n")
    except OSError as error:
        print(FAILED.say(lang, file=printable(name), reason=error.strerror or str(error)), file=sys.stderr)
        return False
    return True
