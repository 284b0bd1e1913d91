"""`callroom menus new`: a first menu of one's own, to be changed."""

import re
import sys
from pathlib import Path

from callroom_menus.loader import translations
from callroom_menus.reading import read_source
from callroom_menus.shelf import STARTERS, shipped
from callroom_words.options import LANG, Command, Line
from callroom_words.words import Lang, Words

COMMAND = Command(
    "menus new",
    Words(
        "Writes NAME.toml into the present folder: a small menu that works, with a comment at each step.\n"
        "It is in English; with --lang zh, in Chinese.",
        "在当前文件夹写出 NAME.toml：一个可以直接使用、每一步都有注释的中文小菜单（英文的用 --lang en）。",
    ),
    arguments=(
        (
            "NAME",
            Words(
                "its id and the name of its file: letters, digits, _ and -",
                "编号兼文件名：字母、数字、_ 和 -",
            ),
        ),
    ),
    options=(LANG,),
)

WRITTEN = Words(
    "written: {files}\nTry it: callroom menus try {name}.toml",
    "已写出：{files}\n试一试：callroom menus try {name}.toml",
)
BAD_NAME = Words(
    "callroom menus new: {name} can be no menu's id: letters, digits, _ and -, at most 64",
    "callroom menus new：{name} 不能作编号：只能用字母、数字、_ 和 -，最多 64 个",
)
THERE = Words("callroom menus new: {file} is there already", "callroom menus new：{file} 已存在")
FAILED = Words("callroom menus new: {file}: {reason}", "callroom menus new：{file}：{reason}")

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_ID = re.compile(r'^id = "[^"]*"', re.MULTILINE)
_TITLE = re.compile(r'^title = "[^"]*"', re.MULTILINE)


def run(line: Line, lang: Lang) -> int:
    """Writes the menu with what belongs to it, and nothing over anything; the exit code."""
    name = line.arguments[0].removesuffix(".toml")
    if not _NAME.fullmatch(name):
        print(BAD_NAME.say(lang, name=ascii(name)), file=sys.stderr)
        return 2
    copies = copied(shipped(STARTERS[lang]), name)
    for file in copies:
        if file.exists():
            print(THERE.say(lang, file=str(file)), file=sys.stderr)
            return 1
    for file, text in copies.items():
        try:
            with file.open("x", encoding="utf-8", newline="\n") as out:
                out.write(text)
        except OSError as error:
            print(FAILED.say(lang, file=str(file), reason=error.strerror or str(error)), file=sys.stderr)
            return 1
    print(WRITTEN.say(lang, files=", ".join(map(str, copies)), name=name))
    return 0


def copied(menu: Path, name: str) -> dict[Path, str]:
    """What to write where: the menu under its new name, its translations, and its transcripts."""
    text = _ID.sub(f'id = "{name}"', read_source(menu), count=1)
    copies = {Path(f"{name}.toml"): _titled(text, name)}
    for file in translations(menu):
        copies[Path(name + file.name.removeprefix(menu.stem))] = _titled(read_source(file), name)
    if (chat := menu.with_suffix(".chat")).exists():
        copies[Path(f"{name}.chat")] = read_source(chat)
    return copies


def _titled(text: str, name: str) -> str:
    return _TITLE.sub(f'title = "{name}"', text, count=1)
