"""What the text door itself says, in English and Chinese; whatever is filled in is made harmless first."""

from callroom_wire.text import clean

LANGUAGES = ("en", "zh")

PHRASES: dict[str, tuple[str, str]] = {
    # the door
    "banner": (
        "Callroom. Type what the robot asks for, or a command; /help lists them.",
        "Callroom：按机器人的提示输入，或输入命令；/help 列出所有命令。",
    ),
    "unreadable_hint": ("Unreadable? Type /encoding gbk", "Unreadable? Type /encoding gbk"),
    "robot": ("robot", "机器人"),
    "the_robot": ("the robot", "机器人"),
    "the_place": ("{place}", "“{place}”"),
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
    "closing": ("Closing: {text}", "连接关闭：{text}"),
    "list": (", ", "、"),
    "parts": ("; ", "；"),
    # commands
    "help_head": ("Commands:", "命令："),
    "help_foot": (
        "Anything else goes to {place}. /help COMMAND tells more about one.",
        "其他输入都发给{place}。/help 命令 可看详细说明。",
    ),
    "moved": ("What you type goes to {place} now.", "现在输入的内容发给{place}。"),
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
    # what the house tells
    "logged_in": ("You are {name}.", "您的名字是 {name}。"),
    "come_back": ("To come back after a break: /back {token}", "断线后回来请输入：/back {token}"),
    "welcome_back": ("Welcome back, {name}.", "欢迎回来，{name}。"),
    "joined": ("You are in {place}.", "您已进入“{place}”。"),
    "joined_too": ("You are in {place}, too: /go {place}", "您也在“{place}”里：/go {place}"),
    "joined_people": ("Here: {people}", "在场：{people}"),
    "alone": ("Nobody else is here just now.", "现在没有别人。"),
    "someone_gone": ("someone who has left", "已离开的人"),
    "joined_new": (
        "-- {place}: {count} you may have missed --",
        "-- {place}：您可能错过的 {count} 条 --",
    ),
    "topic": ("Topic of {place}: {text}", "“{place}”的主题：{text}"),
    "topic_none": ("{place} has no topic.", "“{place}”还没有主题。"),
    "topic_set": ("{by} set the topic: {text}", "{by} 设置了主题：{text}"),
    "topic_cleared": ("{by} cleared the topic.", "{by} 清除了主题。"),
    "left": ("You have left {place}.", "您已离开“{place}”。"),
    "gap": (
        "Entries {first} to {last} of {place} are no longer kept.",
        "“{place}”的第 {first} 至 {last} 条已不再保留。",
    ),
    "came": ("{names} came", "{names} 来了"),
    "went": ("{names} left", "{names} 走了"),
    "lost": ("{names} lost the connection", "{names} 断线了"),
    "away": ("{names} is away", "{names} 暂时离开"),
    "away_note": ("{names} is away: {note}", "{names} 暂时离开：{note}"),
    "back": ("{names} is back", "{names} 回来了"),
    "renamed": ("{old} is called {new} now", "{old} 改名为 {new}"),
    "you_renamed": ("You are called {name} now.", "您现在叫 {name}。"),
    "page_head": ("-- {place}: {count} entries --", "-- {place}：{count} 条 --"),
    "page_end": ("-- the beginning --", "-- 没有更早的了 --"),
    "page_more": ("-- older ones: /history more --", "-- 更早的：/history more --"),
    "found_head": ("-- {query}: {count} found --", "-- {query}：找到 {count} 条 --"),
    "found_more": ("-- there are more; add a word to narrow the search --", "-- 还有更多；请加词缩小范围 --"),
    "found_behind": (
        "-- the newest {count} entries are not indexed yet --",
        "-- 最新的 {count} 条尚未编入索引 --",
    ),
    "rooms_none": ("There are no rooms yet. /join ROOM makes one.", "还没有房间。/join 房间 可新建。"),
    "room_people": ("{count} here", "{count} 人"),
    "room_mine": ("* you are in it", "* 您在其中"),
    "who_head": ("In {place}: {count}", "{place}：{count} 人"),
    "house": ("the house", "本站"),
    "state_here": ("here", "在"),
    "state_away": ("away", "暂离"),
    "state_lost": ("lost", "断线"),
    "call_ended": (
        "The call has ended. /call calls again, /rooms shows the rooms.",
        "通话已结束。/call 再次呼叫，/rooms 看房间。",
    ),
    # what to do about a refusal, in this door's own words: fix_ and its code
    "fix_name_taken": (
        "Choose another: /nick NAME. If it is yours, come back: /back CODE",
        "请换一个：/nick 名字。如果是您本人，请回来：/back 返回码",
    ),
    "fix_not_logged_in": ("Take one: /nick NAME", "请取一个：/nick 名字"),
    "fix_already_logged_in": ("Change your name: /nick NAME", "改名：/nick 名字"),
    "fix_not_in_room": ("Enter it: /join ROOM", "请先进入：/join 房间"),
    "fix_no_such_room": ("See which there are: /rooms", "看有哪些房间：/rooms"),
    "fix_no_such_person": ("See who is here: /who *", "看有谁在：/who *"),
    "fix_too_many_rooms": ("Leave one first: /leave ROOM", "请先离开一个：/leave 房间"),
    "fix_bad_token": ("Take a name instead: /nick NAME", "请另取名字：/nick 名字"),
    "fix_not_in_call": ("Call the robot: /call", "呼叫机器人：/call"),
    "fix_bad_query": ("Name a word: /search WORD", "请给出一个词：/search 词语"),
    # doctor
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


def phrase(lang: str, name: str, /, **values: str | int) -> str:
    """A phrase in a language, its values made harmless: one line, no control characters."""
    text = PHRASES[name][LANGUAGES.index(lang)]
    if not values:
        return text
    return text.format_map(
        {key: clean(value) if isinstance(value, str) else value for key, value in values.items()}
    )
