"""What the text door itself says, in English and Chinese, besides what every text view says."""

from typing import ClassVar

from callroom_wire import phrases
from callroom_wire.phrases import Phrases
from callroom_wire.rendering import Reader

OWN: Phrases = {
    "banner": (
        "Callroom. Type what the robot asks for, or a command; /help lists them.",
        "Callroom：按机器人的提示输入，或输入命令；/help 列出所有命令。",
    ),
    "unreadable_hint": ("Unreadable? Type /encoding gbk", "Unreadable? Type /encoding gbk"),
    "alive": ("[Callroom: yes, still here]", "[Callroom：在的]"),
    "interrupted": ("Cancelled.", "已取消。"),
    "too_long": (
        "That line has more than {limit} bytes and was dropped. Send it in shorter lines.",
        "这一行超过 {limit} 字节，已丢弃。请分成几行发送。",
    ),
    "unreadable": (
        "That line is not {encoding} ({reason}) and was not sent. Change: /encoding gbk or /encoding utf-8",
        "这一行不是 {encoding}（{reason}），没有发送。换编码 / change: /encoding gbk | /encoding utf-8",
    ),
    "held": (
        "Many lines at once: they are queued and sent one after another. Ctrl-C drops the rest.",
        "一次来了很多行：已排队，逐行发送。按 Ctrl-C 丢弃其余的。",
    ),
    "visible": (
        "(What you type now can be seen on your screen: your program shows it.)",
        "（接下来输入的内容会显示在您的屏幕上。）",
    ),
    "input_ended": ("Your input has ended. Goodbye.", "输入已结束，再见。"),
    "encoding_now": ("This door speaks {encoding} now.", "现在使用 {encoding} 编码。"),
    "encoding_sample": (
        "{encoding}: can you read this? Then type /encoding {encoding}",
        "{encoding}：能看懂这行吗？能就输入 /encoding {encoding}",
    ),
    "plain_on": (
        "Plain: nothing is redrawn or drawn in columns. /plain off ends it.",
        "朴素模式：不重绘，不排表格。/plain off 关闭。",
    ),
    "plain_off": ("Plain is off.", "已关闭朴素模式。"),
    "fix_name_taken": (
        "Choose another: /nick NAME. If it is yours, come back: /back CODE",
        "请换一个：/nick 名字。如果是您本人，请回来：/back 返回码",
    ),
    "fix_bad_token": ("Take a name instead: /nick NAME", "请另取名字：/nick 名字"),
    "doctor_head": ("What your client sends:", "您的客户端发送的内容："),
    "doctor_protocol": ("protocol", "协议"),
    "doctor_raw": ("raw text, no telnet", "纯文本，没有 telnet"),
    "doctor_telnet": ("telnet", "telnet"),
    "doctor_ending": ("line ending", "行尾"),
    "doctor_echo": ("echo", "回显"),
    "doctor_echo_here": ("by this server, with line editing", "由服务器回显并编辑"),
    "doctor_echo_there": ("by your terminal", "由您的终端回显"),
    "doctor_window": ("window", "窗口"),
    "doctor_unknown": ("{width} columns, as it is not told", "未告知，按 {width} 列"),
    "doctor_terminal": ("terminal", "终端类型"),
    "doctor_untold": ("not told", "未告知"),
    "doctor_encoding": ("encoding", "编码"),
    "doctor_options": ("agreed options", "协商的选项"),
    "doctor_none": ("none", "无"),
    "doctor_plain": ("plain", "朴素模式"),
    "on": ("on", "开"),
    "off": ("off", "关"),
}


class DoorReader(Reader, frozen=True):
    """For whom the text door writes."""

    phrases: ClassVar[Phrases] = {**phrases.PHRASES, **OWN}
