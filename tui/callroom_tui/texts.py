"""Everything the screen says, in both languages."""

from callroom_client.model.entries import What
from callroom_words.words import Words

# --- the transcript -------------------------------------------------------------------------------------

NEW = Words("new", "以下是新消息")
OLDER = Words("older lines above", "上面还有更早的消息")
LOADING = Words("fetching older lines …", "正在取更早的消息……")
BEGINNING = Words("the beginning", "最早的消息")
DAYS = (
    Words("today", "今天"),
    Words("yesterday", "昨天"),
    Words("Monday", "星期一"),
    Words("Tuesday", "星期二"),
    Words("Wednesday", "星期三"),
    Words("Thursday", "星期四"),
    Words("Friday", "星期五"),
    Words("Saturday", "星期六"),
    Words("Sunday", "星期日"),
)
UNREAD_ABOVE = Words("↑ {count} new above, since {clock}", "↑ 上面有 {count} 条新消息（{clock} 起）")
UNREAD_BELOW = Words("↓ {count} new below", "↓ 下面有 {count} 条新消息")
TOPIC_SET = Words("{by} set the topic: {text}", "{by} 设置了话题：{text}")
TOPIC_CLEARED = Words("{by} cleared the topic", "{by} 清除了话题")
MISSING_LINES = Words("{count} lines are missing here; they are being fetched", "这里缺 {count} 条，正在取回")
LOST_LINES = Words("{count} lines are no longer kept", "有 {count} 条已不再保存")
ROBOT = Words("robot", "机器人")
NOTES = {
    What.CAME: Words("{by} came", "{by} 进来了"),
    What.WENT: Words("{by} left", "{by} 离开了"),
    What.LOST: Words("{by} lost the connection", "{by} 断线了"),
    What.AWAY: Words("{by} is away: {text}", "{by} 暂离：{text}"),
    What.BACK: Words("{by} is back", "{by} 回来了"),
    What.RENAMED: Words("{by} is called {text} now", "{by} 改名为 {text}"),
    What.ENDED: Words("the call is over", "通话结束"),
    What.BEGUN_ANEW: Words("what stands above is of an earlier time", "以上是更早时候的内容"),
}

# --- the connection -------------------------------------------------------------------------------------

ATTEMPT = Words("attempt {count}", "第 {count} 次尝试")
IN_SECONDS = Words("in {seconds}", "{seconds} 后")
PEER = Words("peer", "对端")
LOCAL = Words("local", "本端")
SOCKET = Words("socket", "套接字")
KERNEL = Words("kernel", "内核")
ROUND_TRIP = Words("rtt", "往返")
QUEUES = Words("queues", "队列")
INCOMING = Words("in", "收到")
OUTGOING = Words("out", "发出")
HOUSE = Words("server", "服务器")
PINGS = Words("pings", "心跳")
DESCRIPTOR = Words("fd {number} · {family}", "描述符 {number} · {family}")
TRIP = Words("{seconds} ± {variation} · {count} resent", "{seconds} ± {variation} · 重传 {count}")
QUEUED = Words(
    "out {unsent} · in {unread} · {unacked} unacked",
    "待发 {unsent} · 待读 {unread} · 未确认 {unacked}",
)
TRAFFIC = Words("{bytes} · {messages} messages", "{bytes} · {messages} 条消息")
PROTOCOL = Words("protocol {version}", "协议 {version}")
NOT_YET = Words("none yet", "尚无")
WE = Words("we", "我方")
THEY = Words("server", "服务器")
STEPS_TITLE = Words("TCP, packet by packet", "TCP 逐包示意")
NO_PACKETS = Words(
    "This is a Unix socket: the kernel hands the bytes over within this machine, and no packet is sent. "
    "Call tcp://127.0.0.1:8888 to see TCP's.",
    "这是 Unix 套接字：内核在本机内部转交字节，不发数据包。呼叫 tcp://127.0.0.1:8888 可看到 TCP 的包。",
)
SYN_SAID = Words("may I connect?", "请求连接")
SYN_ACK_SAID = Words("you may", "同意")
ACK_SAID = Words("connected", "连接建立")
OPEN_SAID = Words("bytes both ways", "双向收发")
OUR_FIN_SAID = Words("we are done", "我方发完")
FIN_ACK_SAID = Words("understood", "知道了")
THEIR_FIN_SAID = Words("they are done", "对方发完")
RST_SAID = Words("reset: gone at once", "重置：立即中断")

# --- time-outs ------------------------------------------------------------------------------------------

LEFT = Words("{seconds} left", "还剩 {seconds}")
WAITS = Words("waiting, no deadline", "等待中，无期限")
IDLE = Words("idle", "空闲")
ONGOING = Words("{verb} is waiting.", "{verb} 正在等待。")
NOTHING_YET = Words("Nothing has been asked of the socket yet.", "还没有对套接字做过任何操作。")
TIMEOUT_KEYS = Words(
    "Tab chooses, ← → or a click changes; also /timeout recv 2.5",
    "Tab 选择，← → 或点击修改；也可输入 /timeout recv 2.5",
)
LATEST = Words("latest", "最近")

# --- titles of the panels -------------------------------------------------------------------------------

CONNECTION = Words("Connection", "连接")
TIMEOUTS = Words("settimeout", "settimeout")
WIRE = Words("Wire", "线路")
PEOPLE = Words("People", "成员")
PLACES = Words("Places", "去处")

# --- the wire inspector ---------------------------------------------------------------------------------

CUT_RECV = Words("recv", "recv")
CUT_SEND = Words("send", "send")
CUT_ALONE = Words("one operation, this frame alone", "一次操作，只有这一帧")
CUT_SPLIT = Words("split: it took {count} operations", "拆包：分 {count} 次")
CUT_STUCK = Words("stuck: the same operation carried {numbers}", "粘包：同一次操作还带有第 {numbers} 帧")
LENGTH = Words("length header {hex} = {count} bytes follow", "长度头 {hex} = 后面有 {count} 字节")
MORE_BYTES = Words("… {count} bytes in all", "……共 {count} 字节")
WIRE_KEYS = Words(
    "Space pauses · / filters · c copies · s saves · Esc leaves",
    "空格暂停 · / 筛选 · c 复制 · s 保存 · Esc 离开",
)
WIRE_EMPTY = Words("Frames show here as they pass.", "经过的帧会显示在这里。")
WIRE_PAUSED = Words("paused, {count} more passed", "已暂停，又经过 {count} 帧")
WIRE_FILTER = Words("words of a frame, or > and < for a direction", "帧中的文字，或 > < 表示方向")
WIRE_COPIED = Words("Copied frame {number}.", "已复制第 {number} 帧。")
WIRE_SAVED = Words("Saved {count} frames: {path}", "已保存 {count} 帧：{path}")
WIRE_UNSAVED = Words("Not saved: {why}", "没有保存：{why}")

# --- the call -------------------------------------------------------------------------------------------

HUNG_UP = Words("You have hung up on the robot", "已挂断与机器人的通话")
CALL_OVER = Words("☎ The call is over: Enter calls again", "☎ 通话已结束：按回车再拨")
CALL_WAITS = Words("waits for you: say anything to go on", "等您回来：输入任意内容继续")
UNFIT = Words("Not sent: it stays here until it fits.", "没有发送：改到符合要求再按回车。")
SECRET_ASKED = Words("what you type is hidden", "输入内容不显示")

# --- places and people ----------------------------------------------------------------------------------

CALL = Words("CALL", "通话")
ROOMS = Words("ROOMS", "房间")
DIRECT = Words("DIRECT", "私聊")
HOTLINE = Words("hotline", "热线")
YOU = Words("(you)", "（我）")
PEOPLE_COUNT = Words("People · {count}", "成员 · {count}")

# --- the chat -------------------------------------------------------------------------------------------

TO_ROBOT = Words("a digit or a word for the robot", "输入数字或文字回答机器人")
TO_ROOM = Words("say something in {place}", "在 {place} 说点什么")
TO_PERSON = Words("say something to {place}", "对 {place} 说点什么")
UNREAD_COUNT = Words("{count} new", "{count} 条新消息")
LEAVING = Words("The client is being closed: that was not sent.", "客户端正在关闭：没有发送。")
OFFLINE_ASK = Words(
    "There is no connection: that cannot be asked just now. Lines you say are kept and sent later.",
    "没有连接：现在无法请求。您说的话会保存，稍后发送。",
)
CONGESTED = Words("Too much waits to be sent: try again in a moment.", "等待发送的内容太多：请稍后再试。")
PASTE_TOO_LONG = Words(
    "With that paste {count} characters would stand here; {limit} can. Nothing of it was taken.",
    "粘贴后这里会有 {count} 字；最多 {limit} 字。没有采用。",
)
TOO_LONG = Words(
    "Too long: {count} characters, {limit} at most. Nothing was sent.",
    "太长：{count} 字，最多 {limit} 字。没有发送。",
)
NOT_SENT = Words("Not sent: {why}", "没有发送：{why}")
SAY_WHERE = Words(
    "The call is with the robot; join a room to talk: /join ROOM",
    "这里是与机器人的通话；请先进入房间：/join 房间",
)
TIMEOUT_SET = Words(
    "{verb}: time-out {value}. What is under way keeps the one it began with.",
    "{verb}：超时 {value}。正在进行的操作仍用原来的超时。",
)
NO_TIMEOUT = Words("That is no time-out: {why}", "无效的超时：{why}")
CTRL_Q = Words("Ctrl+Q quits", "Ctrl+Q 退出")
COPIED = Words("Copied.", "已复制。")
LINK_OPENED = Words("Opened in the browser: {url}", "已在浏览器打开：{url}")
BELL = {
    "mention": Words("The bell rings when you are mentioned.", "提到您时响铃。"),
    "all": Words("The bell rings for every line.", "每条消息都响铃。"),
    "never": Words("The bell never rings.", "从不响铃。"),
}
DIGITS_ON = Words("Digits go to the robot at once.", "数字键立即发给机器人。")
DIGITS_OFF = Words("Digits wait for Enter.", "数字键等待回车。")
NOTHING_FAILED = Words("No line here has failed.", "这里没有发送失败的消息。")
NOTHING_NEW = Words("Nothing is new anywhere.", "没有新消息。")
SEARCH_FOR = Words(
    "search here (Enter: older, Shift+Enter: newer, Esc: done)",
    "搜索（回车：更早，Shift+回车：更新，Esc：结束）",
)
HITS = Words("{at} of {count}", "第 {at} / {count} 处")
NO_HITS = Words("not found here; /search asks the server", "此处没有找到；/search 可在服务器上搜索")
SETTINGS_UNSAVED = Words("The settings were not saved: {why}", "设置没有保存：{why}")

# --- pasting --------------------------------------------------------------------------------------------

PASTE_TITLE = Words("Paste {count} lines?", "粘贴 {count} 行？")
PASTE_ONE = Words("as one message", "作为一条消息")
PASTE_MANY = Words("as {count} messages", "作为 {count} 条消息")
PASTE_EDIT = Words("into the composer", "放进输入框")
CANCEL = Words("cancel", "取消")

# --- answers and help -----------------------------------------------------------------------------------

CLOSE_KEYS = Words("Esc closes · ↑ ↓ scroll", "Esc 关闭 · ↑ ↓ 滚动")
HELP_TITLE = Words("Help", "帮助")
HELP_KEYS = Words("Keys", "按键")
HELP_TYPING = Words("While typing", "输入时")
HELP_COMMANDS = Words("Commands", "命令")
ROOMS_TITLE = Words("Rooms of the house", "全部房间")
WHO_TITLE = Words("Who is here", "在线的人")
FOUND_TITLE = Words("Found: {query}", "搜索结果：{query}")
DOCTOR_TITLE = Words("What the server sees", "服务器看到的")
NONE_FOUND = Words("nothing", "没有")
MORE_FOUND = Words("… and more", "……还有更多")
BEHIND = Words("{count} newer lines are not searched yet", "还有 {count} 条新消息尚未收入索引")
ROOM_ROW = Words("{people} people · {topic}", "{people} 人 · {topic}")

# --- the palette ------------------------------------------------------------------------------------------

PALETTE = Words("a command or a place", "输入命令或去处")
NO_COMMAND = Words("no such command or place", "没有这样的命令或去处")

# --- calling a server -----------------------------------------------------------------------------------

CONNECT_TITLE = Words("Call a server", "连接服务器")
CONNECT_ADDRESS = Words("address", "地址")
CONNECT_NAME = Words("your name", "您的名字")
CONNECT_NO_NAME = Words("name (empty: the house gives one)", "名字（留空由服务器分配）")
CONNECT_RECENT = Words("recent", "最近")
CONNECT_GO = Words("Call", "连接")
CONNECT_AGAIN = Words("Try again now", "立即重试")
CONNECT_BACK = Words("Back", "返回")
CONNECT_QUIT = Words("Quit", "退出")
FIRST_BYTES = Words("It began with: {sample}", "对方首先发来：{sample}")
REASONS = {
    "ECONNREFUSED": Words(
        "Nobody listens there: the server is not running, or on another port.",
        "那里没有程序在监听：服务器未运行，或端口不对。",
    ),
    "ENETUNREACH": Words("No network leads there: check your network.", "没有网络可达：请检查网络。"),
    "EHOSTUNREACH": Words(
        "The host cannot be reached: check its address and your network.", "主机不可达：请检查地址和网络。"
    ),
    "ECONNRESET": Words("The server cut the connection (reset).", "服务器中断了连接（重置）。"),
    "ETIMEDOUT": Words(
        "Nobody answered: a firewall, or a machine that is off.", "没有应答：可能是防火墙，或机器未开机。"
    ),
    "ENOENT": Words(
        "There is no such socket file: the server is not running, or elsewhere.",
        "没有这个套接字文件：服务器未运行或路径不对。",
    ),
    "EACCES": Words("You may not open that socket.", "没有权限打开该套接字。"),
    "EPIPE": Words("The server has closed the connection.", "服务器已关闭连接。"),
}
AFTER = Words("{words} (after {seconds})", "{words}（{seconds} 后）")
