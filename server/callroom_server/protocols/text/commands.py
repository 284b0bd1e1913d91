"""The commands of the text door: those that every client has, and what only a bare terminal needs."""

import msgspec

from callroom_server.codecs.encodings import find_encoding
from callroom_wire import command as c
from callroom_wire import messages as m
from callroom_wire.command import Argument, Ask, Command, Kind, Table, Unfit, Where
from callroom_wire.commands import SHARED, SWITCH, SWITCH_WORDS
from callroom_words.words import Words


class UseEncoding(msgspec.Struct, frozen=True):
    """Read and write in this encoding; "" shows a sample of each to choose from."""

    encoding: str


class UsePlain(msgspec.Struct, frozen=True):
    """Switch plain on or off; None: the other one."""

    on: bool | None


Own = UseEncoding | UsePlain
Action = c.Action | Own

BACK_ALREADY = Words(
    "You have a name already. The code is for a new connection: /quit, call again, then /back CODE",
    "您已经有名字。返回码用于新的连接：先 /quit，重新连接，再 /back 返回码",
)
_AUTO = Words("auto", "auto")


def _encoding(rest: str, where: Where) -> Action | None:
    if rest.lower() in _AUTO:
        return UseEncoding("")
    encoding = find_encoding(rest)
    return UseEncoding(encoding) if encoding else None


def _plain(rest: str, where: Where) -> Action | None:
    return UsePlain(SWITCH_WORDS[rest.lower()]) if rest.lower() in SWITCH_WORDS else None


def _back(rest: str, where: Where) -> Action | None:
    if rest and where.name:
        return Unfit(BACK_ALREADY)
    return Ask(m.Resume(token=rest)) if rest else Ask(m.Back())


OWN: tuple[Command[Own], ...] = (
    Command(
        "encoding",
        ("charset", "编码"),
        (Argument(Words("NAME | auto", "编码 | auto"), (Kind.ENCODING, Kind.WORD), (_AUTO,)),),
        Words(
            "utf-8, gbk or gb18030; auto finds out, or asks you",
            "utf-8、gbk 或 gb18030；auto 自动检测",
        ),
        _encoding,
    ),
    Command(
        "plain",
        ("朴素", "纯文本"),
        (SWITCH,),
        Words("no redrawing and no columns, for screen readers", "不重绘、不排表格，适合读屏软件"),
        _plain,
    ),
    Command(
        "back",
        ("回来",),
        (Argument(Words("CODE", "返回码"), (Kind.CODE,), optional=True),),
        Words("after /away; with your code: after a break", "结束暂离；断线后加返回码回来"),
        _back,
    ),
)

TABLE: Table[Own] = Table(*SHARED, *OWN)
COMMANDS = TABLE.commands
