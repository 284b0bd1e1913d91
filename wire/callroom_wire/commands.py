"""The commands of every door and client: one table, each with its words, its help, and what it sends."""

from typing import Never

from callroom_wire import messages as m
from callroom_wire.command import HELP, Action, Argument, Ask, Command, Kind, Move, ShowHelp, Unfit, Where
from callroom_words.words import Words

HISTORY_ENTRIES = 20
"""A screenful; `/history 200` asks for more at once."""

IN_NO_ROOM = Words(
    "That is for a room; enter one first: /join ROOM",
    "这个命令用在房间里；请先进入：/join 房间",
)

ROBOT_WORD = Words("robot", "机器人")
MORE_WORD = Words("more", "更多")
EVERYWHERE = Words("*", "*")
CLEARED = Words("-", "-")

LANGUAGE_WORDS = {"en": "en", "english": "en", "英文": "en", "英语": "en"} | dict.fromkeys(
    ("zh", "cn", "chinese", "中文", "汉语"), "zh"
)
SWITCH_WORDS: dict[str, bool | None] = {"": None, "on": True, "off": False, "开": True, "关": False}
"""What may stand after a command that switches something; nothing: the other way."""
MAX_HISTORY_DIGITS = 5


# --- what each does ----------------------------------------------------------------------------------------


def _help(rest: str, where: Where) -> Action | None:
    return None if rest else ShowHelp(None)  # the table itself knows the others


def _join(rest: str, where: Where) -> Action | None:
    return Ask(m.Join(room=rest), move=True) if rest else None


def _leave(rest: str, where: Where) -> Action | None:
    if not rest and where.place.startswith("@"):
        return Move("")
    room = rest or where.room
    return Ask(m.Leave(room=room)) if room else Unfit(IN_NO_ROOM)


def _go(rest: str, where: Where) -> Action | None:
    if not rest:
        return None
    if rest.lower() in ROBOT_WORD:
        return Move("")
    if rest.startswith("@"):
        return Move(rest) if len(rest) > 1 else None
    room = rest.removeprefix("#")
    return Move(room) if room in where.rooms else Ask(m.Join(room=room), move=True)


def _rooms(rest: str, where: Where) -> Action | None:
    return None if rest else Ask(m.Rooms())


def _who(rest: str, where: Where) -> Action | None:
    return Ask(m.Who(room="" if rest in EVERYWHERE else rest or where.room))


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
        return Unfit(IN_NO_ROOM)
    text = None if not rest else "" if rest in CLEARED else rest
    return Ask(m.Topic(room=where.room, text=text))


def _history(rest: str, where: Where) -> Action | None:
    if not where.place:
        return Unfit(IN_NO_ROOM)
    if rest.lower() in (*MORE_WORD, "更早"):
        return Ask(m.History(place=where.place, before=where.oldest, limit=HISTORY_ENTRIES))
    if not rest:
        return Ask(m.History(place=where.place, limit=HISTORY_ENTRIES))
    fits = rest.isascii() and rest.isdigit() and len(rest) <= MAX_HISTORY_DIGITS
    count = int(rest) if fits else 0
    return Ask(m.History(place=where.place, limit=count)) if count else None


def _transcript(rest: str, where: Where) -> Action | None:
    place = rest or where.place
    return Ask(m.Transcript(place=place)) if place else Unfit(IN_NO_ROOM)


def _search(rest: str, where: Where) -> Action | None:
    return Ask(m.Search(query=rest)) if rest else None


def _lang(rest: str, where: Where) -> Action | None:
    lang = LANGUAGE_WORDS.get(rest.lower())
    return Ask(m.Lang(lang=lang)) if lang else None


def _doctor(rest: str, where: Where) -> Action | None:
    return None if rest else Ask(m.Doctor())


def _away(rest: str, where: Where) -> Action | None:
    return Ask(m.Away(text=rest))


def _back(rest: str, where: Where) -> Action | None:
    return None if rest else Ask(m.Back())


def _call(rest: str, where: Where) -> Action | None:
    return Ask(m.Dial(menu=rest))


def _hangup(rest: str, where: Where) -> Action | None:
    return None if rest else Ask(m.HangUp())


def _quit(rest: str, where: Where) -> Action | None:
    return Ask(m.Quit(text=rest))


# --- the table ---------------------------------------------------------------------------------------------

ROOM = Argument(Words("ROOM", "房间"), (Kind.ROOM,))
A_ROOM = Argument(Words("ROOM", "房间"), (Kind.ROOM,), optional=True)
REASON = Argument(Words("TEXT", "原因"), (Kind.TEXT,), optional=True)
SWITCH = Argument(Words("on | off", "on | off"), (Kind.SWITCH,), optional=True)

SHARED: tuple[Command[Never], ...] = (
    Command(
        HELP,
        ("h", "?", "帮助"),
        (Argument(Words("COMMAND", "命令"), (Kind.COMMAND,), optional=True),),
        Words("lists the commands, or explains one", "列出命令，或说明其中一个"),
        _help,
    ),
    Command(
        "join",
        ("j", "加入"),
        (ROOM,),
        Words("enters a room; a new one is made", "进入房间，没有就新建"),
        _join,
    ),
    Command(
        "leave",
        ("part", "离开"),
        (A_ROOM,),
        Words("leaves a room and goes back to where you were", "离开房间，回到原来的位置"),
        _leave,
    ),
    Command(
        "go",
        ("去", "切换"),
        (
            Argument(
                Words("ROOM | @NAME | robot", "房间 | @名字 | 机器人"),
                (Kind.ROOM, Kind.DIRECT, Kind.WORD),
                (ROBOT_WORD,),
            ),
        ),
        Words("chooses where what you type goes", "选择输入发往哪里，不离开房间"),
        _go,
    ),
    Command("rooms", ("list", "房间"), (), Words("lists the rooms", "列出房间"), _rooms),
    Command(
        "who",
        ("names", "谁", "在线"),
        (Argument(Words("ROOM | *", "房间 | *"), (Kind.ROOM, Kind.WORD), (EVERYWHERE,), optional=True),),
        Words("shows who is in a room; * is the whole house", "看房间里有谁；* 表示全站"),
        _who,
    ),
    Command(
        "nick",
        ("name", "改名", "昵称"),
        (Argument(Words("NAME", "名字"), (Kind.TEXT,)),),
        Words("takes a name, or another one", "取名或改名"),
        _nick,
    ),
    Command(
        "msg",
        ("tell", "m", "私聊"),
        (Argument(Words("NAME", "名字"), (Kind.PERSON,)), Argument(Words("TEXT", "内容"), (Kind.TEXT,))),
        Words("says something to one person", "对一个人说"),
        _msg,
    ),
    Command(
        "topic",
        ("主题",),
        (Argument(Words("TEXT | -", "内容 | -"), (Kind.TEXT, Kind.WORD), (CLEARED,), optional=True),),
        Words("shows or sets the topic of the room; - clears it", "看或设置房间的主题；- 清除"),
        _topic,
    ),
    Command(
        "history",
        ("历史", "记录"),
        (
            Argument(
                Words("NUMBER | more", "条数 | 更多"), (Kind.NUMBER, Kind.WORD), (MORE_WORD,), optional=True
            ),
        ),
        Words("shows what was said here; more goes further back", "看这里说过的话；“更多”再往前"),
        _history,
    ),
    Command(
        "transcript",
        ("file", "导出", "文件"),
        (Argument(Words("ROOM", "房间"), (Kind.ROOM, Kind.DIRECT), optional=True),),
        Words("hands out what was said here as a file", "把这里的记录存成文件"),
        _transcript,
    ),
    Command(
        "search",
        ("find", "搜索", "查找"),
        (Argument(Words("WORDS", "词语"), (Kind.TEXT,)),),
        Words("looks for words in your rooms", "在您的房间里搜索"),
        _search,
    ),
    Command(
        "lang",
        ("language", "语言"),
        (Argument(Words("en | zh", "en | zh"), (Kind.LANGUAGE,)),),
        Words("sets the language", "设置语言"),
        _lang,
    ),
    Command("doctor", ("诊断",), (), Words("shows what your client sends", "看客户端发送了什么"), _doctor),
    Command("away", ("暂离",), (REASON,), Words("says that you are away", "告诉大家您暂时离开"), _away),
    Command("back", ("回来",), (), Words("ends /away", "结束暂离"), _back),
    Command(
        "call",
        ("dial", "呼叫", "拨打"),
        (Argument(Words("MENU", "菜单"), (Kind.MENU,), optional=True),),
        Words("calls the robot", "呼叫机器人"),
        _call,
    ),
    Command("hangup", ("挂断",), (), Words("ends the call with the robot", "结束与机器人的通话"), _hangup),
    Command(
        "quit",
        ("exit", "bye", "退出"),
        (),
        Words("leaves; your name is free again", "离开，名字不再保留"),
        _quit,
    ),
)
"""In the order of the help: talking, then what one is like, then coming and going."""
