"""The commands of the text door: one table, each with its words, its help, and the action it stands for."""

import difflib
from collections.abc import Callable

import msgspec

from callroom_server.codecs.encodings import find_encoding
from callroom_wire import messages as m
from callroom_wire.messages import ClientMessage

HISTORY_ENTRIES = 20
"""A screenful; `/history 200` asks for more at once."""


class Ask(msgspec.Struct, frozen=True):
    """Ask the house; `move` makes the answer's place the current one."""

    message: ClientMessage
    move: bool = False


class Move(msgspec.Struct, frozen=True):
    """What is typed goes to this place from now on: a room, `@` and a person, or "" for the robot."""

    place: str


class UseEncoding(msgspec.Struct, frozen=True):
    """Read and write in this encoding; "" shows a sample of each to choose from."""

    encoding: str


class UsePlain(msgspec.Struct, frozen=True):
    """Switch plain on or off; None: the other one."""

    on: bool | None


class ShowHelp(msgspec.Struct, frozen=True):
    """Show all commands, or one."""

    command: "Command | None"


class Diagnose(msgspec.Struct, frozen=True):
    """Show what the client sends, and what the house sees of it."""


class Unknown(msgspec.Struct, frozen=True):
    """There is no such command; `guess` is the nearest, or ""."""

    name: str
    guess: str


class Misused(msgspec.Struct, frozen=True):
    """The command needs something else after it."""

    command: "Command"


class Unfit(msgspec.Struct, frozen=True):
    """The command is right, and means nothing here; `phrase` says why."""

    phrase: str


Action = Ask | Move | UseEncoding | UsePlain | ShowHelp | Diagnose | Unknown | Misused | Unfit


class Where(msgspec.Struct, frozen=True):
    """What a command may need to know: the current place, the name, one's rooms, the page last read."""

    place: str = ""
    name: str = ""
    rooms: frozenset[str] = frozenset()
    oldest: int = 0

    @property
    def room(self) -> str:
        """The current room, or "" in a call or a direct conversation."""
        return "" if self.place.startswith("@") else self.place


class Command(msgspec.Struct, frozen=True):
    """A command: its name, its other words, what follows it, and what it does (English, Chinese).

    `act` turns what follows it into an action; None means that something is missing or wrong.
    """

    name: str
    also: tuple[str, ...]
    follows: tuple[str, str]
    text: tuple[str, str]
    act: Callable[[str, Where], Action | None]


def parse(line: str, where: Where) -> Action:
    """What a line that begins with a slash asks for."""
    word, _, rest = line[1:].partition(" ")
    command = _BY_WORD.get(word.lower())
    if command is None:
        near = difflib.get_close_matches(word.lower(), _BY_WORD, n=1)
        return Unknown(word, near[0] if near else "")
    return command.act(rest.strip(), where) or Misused(command)


# --- what each does ----------------------------------------------------------------------------------------


def _help(rest: str, where: Where) -> Action | None:
    if not rest:
        return ShowHelp(None)
    word = rest.removeprefix("/").lower()
    command = _BY_WORD.get(word)
    if command is not None:
        return ShowHelp(command)
    near = difflib.get_close_matches(word, _BY_WORD, n=1)
    return Unknown(word, near[0] if near else "")


def _join(rest: str, where: Where) -> Action | None:
    return Ask(m.Join(room=rest), move=True) if rest else None


def _leave(rest: str, where: Where) -> Action | None:
    if not rest and where.place.startswith("@"):
        return Move("")
    room = rest or where.room
    return Ask(m.Leave(room=room)) if room else Unfit("in_no_room")


def _go(rest: str, where: Where) -> Action | None:
    if not rest:
        return None
    if rest.lower() in ROBOT_WORDS:
        return Move("")
    if rest.startswith("@"):
        return Move(rest) if len(rest) > 1 else None
    room = rest.removeprefix("#")
    return Move(room) if room in where.rooms else Ask(m.Join(room=room), move=True)


def _rooms(rest: str, where: Where) -> Action | None:
    return None if rest else Ask(m.Rooms())


def _who(rest: str, where: Where) -> Action | None:
    return Ask(m.Who(room="" if rest == "*" else rest or where.room))


def _nick(rest: str, where: Where) -> Action | None:
    if not rest:
        return None
    return Ask(m.Nick(name=rest) if where.name else m.Login(name=rest))


def _msg(rest: str, where: Where) -> Action | None:
    name, _, text = rest.partition(" ")
    name = name.removeprefix("@")
    return Ask(m.Tell(to=name, text=text.strip())) if name and text.strip() else None


def _topic(rest: str, where: Where) -> Action | None:
    if not where.room:
        return Unfit("in_no_room")
    text = None if not rest else "" if rest == "-" else rest
    return Ask(m.Topic(room=where.room, text=text))


def _history(rest: str, where: Where) -> Action | None:
    if not where.place:
        return Unfit("in_no_room")
    if rest.lower() in ("more", "更多", "更早"):
        return Ask(m.History(place=where.place, before=where.oldest, limit=HISTORY_ENTRIES))
    if not rest:
        return Ask(m.History(place=where.place, limit=HISTORY_ENTRIES))
    count = int(rest) if rest.isascii() and rest.isdigit() and len(rest) < 6 else 0
    return Ask(m.History(place=where.place, limit=count)) if count else None


def _search(rest: str, where: Where) -> Action | None:
    return Ask(m.Search(query=rest)) if rest else None


def _encoding(rest: str, where: Where) -> Action | None:
    if rest.lower() == "auto":
        return UseEncoding("")
    encoding = find_encoding(rest)
    return UseEncoding(encoding) if encoding else None


def _lang(rest: str, where: Where) -> Action | None:
    lang = _LANGUAGE_WORDS.get(rest.lower())
    return Ask(m.Lang(lang=lang)) if lang else None


def _plain(rest: str, where: Where) -> Action | None:
    return UsePlain(_SWITCH_WORDS[rest.lower()]) if rest.lower() in _SWITCH_WORDS else None


def _doctor(rest: str, where: Where) -> Action | None:
    return None if rest else Diagnose()


def _away(rest: str, where: Where) -> Action | None:
    return Ask(m.Away(text=rest))


def _back(rest: str, where: Where) -> Action | None:
    if rest and where.name:
        return Unfit("back_already")
    return Ask(m.Resume(token=rest)) if rest else Ask(m.Back())


def _call(rest: str, where: Where) -> Action | None:
    return Ask(m.Dial(menu=rest))


def _hangup(rest: str, where: Where) -> Action | None:
    return None if rest else Ask(m.HangUp())


def _quit(rest: str, where: Where) -> Action | None:
    return Ask(m.Quit(text=rest))


ROBOT_WORDS = frozenset({"robot", "机器人"})
_LANGUAGE_WORDS = {"en": "en", "english": "en", "英文": "en", "英语": "en"} | dict.fromkeys(
    ("zh", "cn", "chinese", "中文", "汉语"), "zh"
)
_SWITCH_WORDS: dict[str, bool | None] = {"": None, "on": True, "off": False, "开": True, "关": False}

COMMANDS: tuple[Command, ...] = (
    Command(
        "help",
        ("h", "?", "帮助"),
        ("[COMMAND]", "[命令]"),
        ("lists the commands, or explains one", "列出命令，或说明其中一个"),
        _help,
    ),
    Command(
        "join",
        ("j", "加入"),
        ("ROOM", "房间"),
        ("enters a room; a new one is made", "进入房间，没有就新建"),
        _join,
    ),
    Command(
        "leave",
        ("part", "离开"),
        ("[ROOM]", "[房间]"),
        ("leaves a room and goes back to where you were", "离开房间，回到原来的位置"),
        _leave,
    ),
    Command(
        "go",
        ("去", "切换"),
        ("ROOM | @NAME | robot", "房间 | @名字 | 机器人"),
        ("chooses where what you type goes", "选择输入发往哪里，不离开房间"),
        _go,
    ),
    Command("rooms", ("list", "房间"), ("", ""), ("lists the rooms", "列出房间"), _rooms),
    Command(
        "who",
        ("names", "谁", "在线"),
        ("[ROOM | *]", "[房间 | *]"),
        ("shows who is in a room; * is the whole house", "看房间里有谁；* 表示全站"),
        _who,
    ),
    Command(
        "nick",
        ("name", "改名", "昵称"),
        ("NAME", "名字"),
        ("takes a name, or another one", "取名或改名"),
        _nick,
    ),
    Command(
        "msg",
        ("tell", "m", "私聊"),
        ("NAME TEXT", "名字 内容"),
        ("says something to one person", "对一个人说"),
        _msg,
    ),
    Command(
        "topic",
        ("主题",),
        ("[TEXT | -]", "[内容 | -]"),
        ("shows or sets the topic of the room; - clears it", "看或设置房间的主题；- 清除"),
        _topic,
    ),
    Command(
        "history",
        ("历史", "记录"),
        ("[NUMBER | more]", "[条数 | 更多]"),
        ("shows what was said here; more goes further back", "看这里说过的话；“更多”再往前"),
        _history,
    ),
    Command(
        "search",
        ("find", "搜索", "查找"),
        ("WORDS", "词语"),
        ("looks for words in your rooms", "在您的房间里搜索"),
        _search,
    ),
    Command(
        "encoding",
        ("charset", "编码"),
        ("NAME | auto", "编码 | auto"),
        ("utf-8, gbk or gb18030; auto shows a sample of each", "utf-8、gbk 或 gb18030；auto 显示样例"),
        _encoding,
    ),
    Command("lang", ("language", "语言"), ("en | zh", "en | zh"), ("sets the language", "设置语言"), _lang),
    Command(
        "plain",
        ("朴素", "纯文本"),
        ("[on | off]", "[on | off]"),
        ("no redrawing and no columns, for screen readers", "不重绘、不排表格，适合读屏软件"),
        _plain,
    ),
    Command(
        "doctor", ("诊断",), ("", ""), ("shows what your client sends", "看您的客户端发送了什么"), _doctor
    ),
    Command("away", ("暂离",), ("[TEXT]", "[原因]"), ("says that you are away", "告诉大家您暂时离开"), _away),
    Command(
        "back",
        ("回来",),
        ("[CODE]", "[返回码]"),
        ("after /away; with your code: after a break", "结束暂离；断线后加返回码回来"),
        _back,
    ),
    Command("call", ("dial", "呼叫", "拨打"), ("[MENU]", "[菜单]"), ("calls the robot", "呼叫机器人"), _call),
    Command("hangup", ("挂断",), ("", ""), ("ends the call with the robot", "结束与机器人的通话"), _hangup),
    Command(
        "quit",
        ("exit", "bye", "退出"),
        ("", ""),
        ("leaves; your name is free again", "离开，名字不再保留"),
        _quit,
    ),
)

_BY_WORD = {word: command for command in COMMANDS for word in (command.name, *command.also)}
