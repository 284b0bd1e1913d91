"""Everything the screen can do by a key: bindings, footer, help and palette are all made of this table."""

from typing import NamedTuple

from textual.binding import Binding

from callroom_words.words import Words


class Act(NamedTuple):
    """One thing to do: the action's name, its keys as Textual writes them, how a person reads them, a short
    word for the footer, and a sentence for help and palette.
    """

    action: str
    keys: str
    shown: str
    word: Words
    words: Words
    footer: bool = False
    palette: bool = True


ACTS = (
    Act(
        "help",
        "f1,question_mark",
        "F1",
        Words("Help", "帮助"),
        Words("every key and command", "所有按键和命令"),
        footer=True,
    ),
    Act(
        "toggle_places",
        "f2",
        "F2",
        Words("Places", "去处"),
        Words("show or hide the places", "显示或隐藏去处"),
        footer=True,
    ),
    Act(
        "panel('people')",
        "f3",
        "F3",
        Words("People", "成员"),
        Words("show or hide the people", "显示或隐藏成员"),
        footer=True,
    ),
    Act(
        "panel('connection')",
        "f4",
        "F4",
        Words("Socket", "连接"),
        Words(
            "the connection: its ends, the kernel's view, TCP packet by packet",
            "连接详情：两端、内核、TCP 逐包",
        ),
        footer=True,
    ),
    Act(
        "panel('timeouts')",
        "f5",
        "F5",
        Words("Time-outs", "超时"),
        Words("settimeout: see and change what it does", "settimeout：查看并修改超时"),
        footer=True,
    ),
    Act(
        "toggle_wire",
        "f6",
        "F6",
        Words("Wire", "线路"),
        Words("the wire: every frame, its bytes, and how recv cut it", "线路：每一帧、其字节与 recv 的切分"),
        footer=True,
    ),
    Act(
        "search",
        "ctrl+f",
        "Ctrl+F",
        Words("Search", "搜索"),
        Words("search in this place", "在此处搜索"),
        footer=True,
    ),
    Act(
        "palette",
        "ctrl+o,f9",
        "Ctrl+O",
        Words("Commands", "命令"),
        Words("the command palette", "命令面板"),
        footer=True,
        palette=False,
    ),
    Act(
        "leave",
        "ctrl+q",
        "Ctrl+Q",
        Words("Quit", "退出"),
        Words("quit Callroom", "退出 Callroom"),
        footer=True,
    ),
    Act(
        "next_busy",
        "alt+a",
        "Alt+A",
        Words("Busy", "有消息"),
        Words("go to the next place with something new", "去下一个有新消息的地方"),
    ),
    Act(
        "step_place(-1)",
        "alt+up,ctrl+p",
        "Alt+↑ Ctrl+P",
        Words("Up", "上一个"),
        Words("go to the place above", "去上一个地方"),
    ),
    Act(
        "step_place(1)",
        "alt+down,ctrl+n",
        "Alt+↓ Ctrl+N",
        Words("Down", "下一个"),
        Words("go to the place below", "去下一个地方"),
    ),
    Act(
        "first_unread",
        "alt+u",
        "Alt+U",
        Words("Unread", "未读"),
        Words("go to the first unread line", "去第一条未读"),
    ),
    Act(
        "page(-1)",
        "pageup",
        "PgUp",
        Words("Older", "更早"),
        Words("scroll to older lines", "向上翻"),
        palette=False,
    ),
    Act(
        "page(1)",
        "pagedown",
        "PgDn",
        Words("Newer", "更新"),
        Words("scroll to newer lines", "向下翻"),
        palette=False,
    ),
    Act(
        "newest",
        "ctrl+end",
        "Ctrl+End",
        Words("Newest", "最新"),
        Words("go to the newest line", "去最新一条"),
    ),
    Act(
        "retry", "alt+r", "Alt+R", Words("Retry", "重发"), Words("send failed lines again", "重发失败的消息")
    ),
    Act(
        "hang_up",
        "alt+h",
        "Alt+H",
        Words("Hang up", "挂断"),
        Words("end the call with the robot", "结束与机器人的通话"),
    ),
    Act("reconnect", "f7", "F7", Words("Reconnect", "重连"), Words("connect anew, now", "立即重新连接")),
    Act(
        "next_theme",
        "f8",
        "F8",
        Words("Theme", "主题"),
        Words("dark, light, high contrast", "深色、浅色、高对比度"),
    ),
    Act("other_language", "alt+l", "Alt+L", Words("中文", "English"), Words("中文界面", "English, please")),
    Act(
        "next_bell",
        "alt+m",  # not Alt+B: a terminal writes a word to the left like that, and so do one's fingers
        "Alt+M",
        Words("Bell", "铃声"),
        Words("ring for mentions, for every line, or never", "铃声：提到我时、每条消息、从不"),
    ),
    Act(
        "digits",
        "alt+d",
        "Alt+D",
        Words("Digits", "数字键"),
        Words("digits act at once, or wait for Enter", "数字键立即生效，或等待回车"),
    ),
    Act(
        "lab",
        "alt+x",
        "Alt+X",
        Words("Lab", "实验室"),
        Words("the lab: lessons on sockets, with experiments", "实验室：套接字课与实验"),
    ),
    Act(
        "other_server",
        "alt+c",
        "Alt+C",
        Words("Server", "服务器"),
        Words("call another server", "连接其他服务器"),
    ),
    Act(
        "suspend",
        "ctrl+z",
        "Ctrl+Z",
        Words("Shell", "命令行"),
        Words("go to the shell; fg comes back", "回到命令行；fg 返回"),
    ),
    Act(
        "copy",
        "ctrl+c",
        "Ctrl+C",
        Words("Copy", "复制"),
        Words("copy what is selected", "复制所选文字"),
        palette=False,
    ),
)

PLACE_KEYS = "Alt+1 … Alt+9"
PLACE_WORDS = Words("go to a place by its number in the list", "按序号去列表中的地方")

IN_COMPOSER = (
    ("Enter", Words("send", "发送")),
    ("Alt+Enter", Words("a new line", "换行")),
    ("Tab", Words("complete commands, rooms, people, menu words", "补全命令、房间、成员、菜单词")),
    ("Alt+Z", Words("undo", "撤销")),
    ("↑ ↓", Words("what was sent before", "之前发送的内容")),
    (
        "0-9 * #",
        Words(
            "a key of the robot's menu, at once while nothing is typed", "机器人菜单的按键，未输入时立即生效"
        ),
    ),
    ("//", Words("begins a line with a slash", "发送以斜杠开头的文字")),
    ("Esc", Words("close what is open", "关闭打开的面板")),
)
"""What the composer itself does with keys."""


TYPED = ("question_mark",)
"""Keys that are text in the composer."""


def bindings(prefix: str = "") -> list[Binding]:
    """The table as Textual wants it.

    None has priority: such a key would overtake what was typed before it and still waits in the queue of the
    widget that has the focus.

    Args:
        prefix: "screen." for a widget whose own bindings (of an editor, say) must not stand in the way.
    """
    found: list[Binding] = []
    for act in ACTS:
        keys = [key for key in act.keys.split(",") if not prefix or key not in TYPED]
        found.append(Binding(",".join(keys), f"{prefix}{act.action}", act.words.en, show=False))
    for number in range(1, 10):
        found.append(
            Binding(f"alt+{number}", f"{prefix}place({number - 1})", f"go to place {number}", show=False)
        )
    return found
