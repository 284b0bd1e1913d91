"""What the core says to people, in English and Chinese: for each code a sentence and what to do."""

from collections.abc import Mapping

from callroom_wire.names import NameFault
from callroom_wire.text import clean

LANGUAGES = ("en", "zh")

# code: (English, what to do, Chinese, what to do)
_SENTENCES: dict[str, tuple[str, str, str, str]] = {
    "name_taken": (
        "The name {name} is taken, or looks like one that is.",
        "Choose another; if it is yours, come back with your code.",
        "名字“{name}”已有人使用，或与别人的太像。",
        "请换一个；如果是您本人，请用您的返回码回来。",
    ),
    "name_bad": (
        "That name cannot be used: {reason}.",
        "Choose another.",
        "这个名字不能用：{reason}。",
        "请换一个。",
    ),
    "not_logged_in": ("That needs a name.", "Log in first.", "这需要先有名字。", "请先登录。"),
    "already_logged_in": (
        "You are logged in already.",
        "Use nick to change your name.",
        "您已经登录。",
        "要改名请用 nick。",
    ),
    "not_in_room": ("You are not in {room}.", "Join it first.", "您不在“{room}”里。", "请先加入。"),
    "no_such_room": (
        "There is no room {room}.",
        "Ask for the rooms.",
        "没有房间“{room}”。",
        "请查看房间列表。",
    ),
    "no_such_person": (
        "Nobody here is called {name}.",
        "Ask who is here.",
        "这里没有叫“{name}”的人。",
        "请查看在场的人。",
    ),
    "to_yourself": (
        "That would be to yourself.",
        "Name someone else.",
        "那是发给您自己。",
        "请写别人的名字。",
    ),
    "text_empty": ("There is nothing in that line.", "Write something.", "这一行是空的。", "请写点什么。"),
    "text_too_long": (
        "That is {length} characters; at most {limit} go in one line.",
        "Send it in parts.",
        "共 {length} 个字符，一行最多 {limit} 个。",
        "请分几次发送。",
    ),
    "topic_too_long": (
        "That topic has {length} characters; at most {limit} are allowed.",
        "Make it shorter.",
        "主题有 {length} 个字符，最多 {limit} 个。",
        "请写短一些。",
    ),
    "too_fast": (
        "You are sending faster than the house allows; your lines wait their turn.",
        "Slow down, or the connection is closed.",
        "您发送得太快，消息正在排队。",
        "请慢一些，否则连接会被关闭。",
    ),
    "too_many_rooms": (
        "That is one room too many; the limit is {limit}.",
        "Leave one first.",
        "房间太多了，上限是 {limit}。",
        "请先离开一个。",
    ),
    "room_full": (
        "The room {room} is full: {limit} people.",
        "Try again later.",
        "房间“{room}”已满（{limit} 人）。",
        "请稍后再试。",
    ),
    "bad_token": (
        "That code is not valid, or no longer.",
        "Log in under a name instead.",
        "这个返回码无效或已过期。",
        "请用名字重新登录。",
    ),
    "id_order": (
        "The id {id} is older than one already stored and was never stored itself.",
        "Count ids upwards; send the line again under a new one.",
        "编号 {id} 比已保存的更旧，且从未保存过。",
        "编号必须递增；请用新编号重发这一行。",
    ),
    "no_rooms_here": (
        "This door has the robot alone.",
        "For rooms, call with telnet or nc.",
        "这个入口只有机器人。",
        "聊天室请用 telnet 或 nc 连接。",
    ),
    "no_pages": (
        "This house has no web pages to hand anything out at.",
        "Ask its operator for a tcp:// or http:// listener.",
        "本站没有网页，无法提供下载。",
        "请管理员开放 tcp:// 或 http:// 监听。",
    ),
    "not_in_call": ("You are not in a call.", "Dial first.", "您不在通话中。", "请先拨号。"),
    "no_such_menu": (
        "There is no menu {menu}.",
        "These are there: {menus}.",
        "没有菜单“{menu}”。",
        "现有：{menus}。",
    ),
    "ledger_down": (
        "It was not stored: {reason}.",
        "Send it again later; nothing that was acknowledged is lost.",
        "没有保存：{reason}。",
        "请稍后重发；已确认的消息不会丢失。",
    ),
    "ledger_full": (
        "The house cannot store so fast.",
        "Send it again in a moment.",
        "保存不过来了。",
        "请稍后重发。",
    ),
    "bad_lang": (
        "There is no language {lang} here.",
        "Choose en or zh.",
        "这里没有语言“{lang}”。",
        "请选择 en 或 zh。",
    ),
    "bad_query": ("There is no word to look for.", "Name a word.", "没有要查找的词。", "请给出一个词。"),
    "bad_number": (
        "{field} is {value}; it must be from {low} to {high}.",
        "Ask again with one in that range.",
        "{field} 是 {value}，应在 {low} 到 {high} 之间。",
        "请用范围内的数重试。",
    ),
    "wrong_state": ("{what} is not expected now.", "{expected}.", "现在不能用 {what}。", "{expected}。"),
    "no_runbooks": (
        "There are no runbooks here.",
        'Name a file of them in callroom.toml: runbooks = "runbooks.toml".',
        "这里没有任何运行手册。",
        '请在 callroom.toml 中写 runbooks = "runbooks.toml"。',
    ),
    "no_such_runbook": (
        "There is no runbook {name}.",
        "There are: {names}.",
        "没有名为“{name}”的运行手册。",
        "可用的有：{names}。",
    ),
    "runbook_missing": (
        "Nothing was named that could be run.",
        "There are: {names}.",
        "没有写要运行什么。",
        "可用的有：{names}。",
    ),
    "runbook_needs_account": (
        "{name} may be run by {who} only, and this house has no accounts yet.",
        'Write who = "anyone" in runbooks.toml if everyone may.',
        "“{name}”只允许 {who} 运行，而本站还没有帐号。",
        '如果人人都可以运行，请在 runbooks.toml 中写 who = "anyone"。',
    ),
    "runbook_usage": (
        "That is not how it is run.",
        "Write: {usage}",
        "用法不对。",
        "请写：{usage}",
    ),
    "argument_is_option": (
        "{name} cannot be {value}: an argument never begins with -.",
        "What options it has, the runbook says itself.",
        "{name} 不能是“{value}”：参数不得以 - 开头。",
        "选项由运行手册自己决定。",
    ),
    "argument_unfit": (
        "{name} cannot be {value}.",
        "It may be: {right}",
        "{name} 不能是“{value}”。",
        "允许的是：{right}",
    ),
    "argument_path": (
        "{name} cannot be {value}: that is not below the folder.",
        "Give a path below it, without .. and without a leading /.",
        "{name} 不能是“{value}”：它不在允许的文件夹之下。",
        "请给出其下的路径，不含 .. 且不以 / 开头。",
    ),
    "run_here_only": (
        "Runbooks are run from the machine of the house only.",
        "Log in there and use: callroom run",
        "运行手册只能在本站所在的机器上运行。",
        "请登录那台机器后使用 callroom run。",
    ),
    "runbook_not_started": (
        "{program} cannot be started: {reason}.",
        "Look at its argv and folder in runbooks.toml.",
        "无法启动 {program}：{reason}。",
        "请检查 runbooks.toml 中的 argv 和 folder。",
    ),
    "runbooks_busy": (
        "{limit} runs are under way, which is all there may be at once.",
        "Try again when one of them has ended.",
        "已有 {limit} 个在运行，达到上限。",
        "请等其中一个结束后再试。",
    ),
    "busy": ("The house is busy.", "Try again in a moment.", "系统繁忙。", "请稍后再试。"),
}

_NAME_FAULTS: dict[str, tuple[str, str]] = {
    NameFault.EMPTY: ("it is empty", "名字是空的"),
    NameFault.TOO_LONG: ("it has more than {limit} characters", "超过 {limit} 个字符"),
    NameFault.TOO_WIDE: ("it is wider than {limit} columns", "超过 {limit} 列宽"),
    NameFault.CHARACTERS: (
        "only letters, digits, underscores, hyphens and dots may be in it",
        "只能用文字、字母、数字、下划线、连字符和点",
    ),
    NameFault.START: ("it begins with a hyphen or a dot", "不能以连字符或点开头"),
    NameFault.MARKS: ("it has more than {limit} marks on one letter", "一个字母上的符号超过 {limit} 个"),
    NameFault.MIXED: ("it mixes alphabets that look alike", "混用了外形相似的字母"),
    NameFault.LATIN: ("it looks like Latin letters and is not", "看似拉丁字母，其实不是"),
    NameFault.RESERVED: ("it is kept for the house", "这是系统保留的名字"),
}

SHOWN = 64
SHOWN_LIST = 400
_LISTS = frozenset({"names", "right", "usage"})  # made by an operator, not by whoever asks
"""So many characters of what someone typed are shown back in a sentence about it."""

_WORDS: dict[str, tuple[str, str]] = {
    "quit": ("Goodbye.", "再见。"),
    "too_fast": ("You were sending too fast for too long.", "您发送过快，时间太长。"),
    "taken_over": ("You have come back on another connection.", "您已在另一个连接上回来。"),
    "shutting_down": (
        "The house is closing. Come back with your code; nothing is lost.",
        "服务即将关闭。凭返回码回来，什么都不会丢。",
    ),
    "idle": ("No answer for {seconds} seconds.", "{seconds} 秒没有回应。"),
    "login_timeout": ("No login within {seconds} seconds.", "{seconds} 秒内没有登录。"),
    "first_word": (
        "You have said nothing for {seconds} seconds, and others wait. Call again whenever you like.",
        "您已有 {seconds} 秒没有任何输入，还有人在等候。欢迎随时再来。",
    ),
    "first_byte": ("No word within {seconds} seconds.", "{seconds} 秒内没有收到任何内容。"),
    "frame_timeout": ("A frame was not complete within {seconds} seconds.", "{seconds} 秒内没有收完一帧。"),
    "slow_reader": ("You took nothing for {seconds} seconds.", "{seconds} 秒没有接收任何内容。"),
    "house_full": ("The house is full: {limit} connections.", "人数已满：{limit} 个连接。"),
    "too_many_from_address": (
        "Too many connections from your address; the limit is {limit}.",
        "来自您地址的连接太多，上限是 {limit}。",
    ),
    "too_many_newcomers": (
        "Too many callers at the door who have not said a word yet.",
        "门口还没说话的来客太多。",
    ),
    "internal_error": ("Something went wrong here; it is in our log.", "我们这里出了问题，已记录。"),
    "away_silent": ("You are away.", "已设为暂离。"),
    "away": ("You are away: {text}", "已设为暂离：{text}"),
    "back": ("You are back.", "您已回来。"),
    "lang": ("English it is.", "好的，中文。"),
    "they_are_away_silent": (
        "{name} is away. Your line is kept.",
        "{name} 暂时离开。消息已为其保留。",
    ),
    "they_are_away": (
        "{name} is away: {text}. Your line is kept.",
        "{name} 暂时离开：{text}。消息已为其保留。",
    ),
    "sent_first": ("line {id} before it was not stored either", "前面的第 {id} 行还没有保存"),
    "they_are_lost": (
        "{name} is not connected just now. Your line is kept.",
        "{name} 目前不在线。消息已为其保留。",
    ),
    "menus_kept": (
        "The menus stay as they were, for there is something wrong ({count}): {problem}",
        "菜单保持不变，因为有 {count} 处问题：{problem}",
    ),
    "run_time_limit": ("[killed after {seconds} s, its time limit]", "[运行满 {seconds} 秒，已终止]"),
    "run_output_limit": ("[killed after {limit} bytes, its output limit]", "[输出满 {limit} 字节，已终止]"),
    "run_failed": ("[exit code {number}]", "[退出码 {number}]"),
    "command_unreadable": ("That is no text: {reason}.", "这不是文字：{reason}。"),
    "command_quotes": ("A quotation mark is not closed.", "引号没有成对。"),
    "command_too_long": ("A request has at most {limit} bytes.", "一条请求最多 {limit} 字节。"),
    "command_cut": (
        "[cut at {limit} bytes: a datagram holds no more]",
        "[超过 {limit} 字节的部分已截断：一个数据报装不下]",
    ),
    "robot_no_rooms": (
        "This door leads to the robot only; call by telnet to enter rooms.",
        "这里只接机器人；要进聊天室，请用 telnet 拨入。",
    ),
    "transcript": (
        "{place}, {count} entries, for {hours} hours, for whoever has this address: {url}",
        "“{place}”的记录，共 {count} 条，{hours} 小时内凭此网址可读：{url}",
    ),
    "transcript_cut": (
        "{place}, the newest {count} entries, for {hours} hours, for whoever has this address: {url}",
        "“{place}”最新的 {count} 条记录，{hours} 小时内凭此网址可读：{url}",
    ),
    "call_ended": ("The call has ended.", "通话已结束。"),
    "menu_broken": ("This menu has run into a wall. Goodbye.", "菜单出错，通话结束。"),
    "hello_first": ("Say hello first", "请先发送 hello"),
    "log_in_once": ("You are logged in already", "您已经登录"),
    "guest": ("guest-", "访客"),
    "session": ("session", "会话"),
    "door": ("door", "入口"),
    "address": ("address", "地址"),
    "name": ("name", "名字"),
    "state": ("state", "状态"),
    "language": ("language", "语言"),
    "places": ("places", "所在"),
    "call": ("call", "通话"),
}


def pick(lang: str, english: str, chinese: str) -> str:
    """One of two texts."""
    return chinese if lang == "zh" else english


def word(lang: str, code: str, **params: str | int) -> str:
    """What is said for this code in this language.

    Raises:
        KeyError: nobody has written a text for this code; a test looks for that.
    """
    english, chinese = _WORDS[code]
    return pick(lang, english, chinese).format(**params)


def sentence(lang: str, code: str, params: Mapping[str, str | int]) -> tuple[str, str]:
    """The sentence for a refusal and what to do about it; what someone typed is cleaned and cut."""
    english, fix, chinese, fix_zh = _SENTENCES[code]
    text, mend = (chinese, fix_zh) if lang == "zh" else (english, fix)
    values = {
        k: clean(v)[: SHOWN_LIST if k in _LISTS else SHOWN] if isinstance(v, str) else v
        for k, v in params.items()
    }
    if code == "name_bad":
        values["reason"] = pick(lang, *_NAME_FAULTS[str(params["reason"])]).format_map(values)
    return text.format_map(values), mend.format_map(values)
