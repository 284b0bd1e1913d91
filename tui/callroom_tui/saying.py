"""What the socket did, in a sentence, and what the client does next: for people who learn sockets."""

from callroom_client.events import Ended, Outcome, Stage, StageChanged, Timeout, Verb
from callroom_client.link.faults import FAULTS
from callroom_client.model.connection import Connection
from callroom_client.trouble import with_detail
from callroom_tui import texts
from callroom_tui.lines import shown
from callroom_words.words import Lang, Words

FOR_EVER = Words("None: waits for ever", "None：一直等待")
NOT_AT_ALL = Words("0: does not wait", "0：完全不等")
AT_MOST = Words("waits at most {seconds}", "最多等 {seconds}")

STAGES = {
    Stage.OFFLINE: Words("offline", "离线"),
    Stage.RESOLVING: Words("resolving", "解析地址"),
    Stage.CONNECTING: Words("connecting", "正在连接"),
    Stage.SECURING: Words("TLS", "TLS 握手"),
    Stage.PROVING: Words("proving", "验证"),
    Stage.LOGGING_IN: Words("logging in", "登录"),
    Stage.READY: Words("ready", "已就绪"),
    Stage.SILENT: Words("silent", "无应答"),
    Stage.WAITING: Words("reconnecting", "等待重连"),
    Stage.CLOSING: Words("closing", "正在关闭"),
}
ICONS = {
    Stage.OFFLINE: "○",
    Stage.READY: "●",
    Stage.SILENT: "◌",
    Stage.WAITING: "↻",
    Stage.CLOSING: "○",
}
"""Never by colour alone; a stage that passes has `WORKING`."""
WORKING = "◐"

VERBS = {
    Verb.RESOLVE: Words("resolve", "resolve"),
    Verb.CONNECT: Words("connect", "connect"),
    Verb.RECV: Words("recv", "recv"),
    Verb.SEND: Words("send", "send"),
    Verb.SHUTDOWN: Words("shutdown", "shutdown"),
}
OUTCOMES = {
    Outcome.DONE: Words("done", "完成"),
    Outcome.DATA: Words("data", "有数据"),
    Outcome.TIMED_OUT: Words("timed out", "超时"),
    Outcome.WOULD_BLOCK: Words("would block", "会阻塞"),
    Outcome.REFUSED: Words("refused", "被拒绝"),
    Outcome.UNREACHABLE: Words("unreachable", "不可达"),
    Outcome.RESET: Words("reset", "被重置"),
    Outcome.CLOSED: Words("closed", "对方已关闭"),
    Outcome.FAILED: Words("failed", "失败"),
}

TOLD = {
    (Verb.CONNECT, Outcome.DONE): Words(
        "connect took {seconds}: SYN, SYN-ACK, ACK. Both sides may send now.",
        "connect 用了 {seconds}：SYN、SYN-ACK、ACK 三次握手完成，双方都可以发送了。",
    ),
    (Verb.CONNECT, Outcome.TIMED_OUT): Words(
        "connect raised TimeoutError after {seconds}: nobody answered the SYN. The client waits a little and "
        "tries again.",
        "connect 在 {seconds} 后抛出 TimeoutError：SYN 没有得到回应。客户端稍候再试。",
    ),
    (Verb.CONNECT, Outcome.WOULD_BLOCK): Words(
        "connect raised BlockingIOError ({errno}): with time-out 0 it does not wait; the kernel goes on "
        "shaking hands, and the client looks whether it is done.",
        "connect 抛出 BlockingIOError（{errno}）：超时为 0 时不等待；内核继续握手，客户端再看是否完成。",
    ),
    (Verb.CONNECT, Outcome.REFUSED): Words(
        "connect raised ConnectionRefusedError ({errno}): an RST came back, for nothing listens there. The "
        "client waits a little and tries again.",
        "connect 抛出 ConnectionRefusedError（{errno}）：对方回了 RST，该端口无人监听。客户端稍候再试。",
    ),
    (Verb.CONNECT, Outcome.UNREACHABLE): Words(
        "connect failed ({errno}): no way leads there. The client waits a little and tries again.",
        "connect 失败（{errno}）：没有路由可达。客户端稍候再试。",
    ),
    (Verb.RECV, Outcome.DATA): Words(
        "recv brought {size} bytes after {seconds}. The client reads on.",
        "recv 在 {seconds} 后收到 {size} 字节。客户端继续读取。",
    ),
    (Verb.RECV, Outcome.TIMED_OUT): Words(
        "recv raised TimeoutError after {seconds}: nothing came. That is no fault: the client calls "
        "recv again.",
        "recv 在 {seconds} 后抛出 TimeoutError：没有数据到来。这不是错误，客户端再次调用 recv。",
    ),
    (Verb.RECV, Outcome.WOULD_BLOCK): Words(
        "recv raised BlockingIOError ({errno}): nothing had come, and with time-out 0 it does not wait. The "
        "client looks again in a moment.",
        "recv 抛出 BlockingIOError（{errno}）：还没有数据，超时为 0 时不等待。客户端稍后再看。",
    ),
    (Verb.RECV, Outcome.CLOSED): Words(
        "recv gave b'': the server has sent its FIN and will send no more. The client closes, and connects "
        "again.",
        "recv 返回 b''：服务器已发送 FIN，不再发送数据。客户端关闭连接，然后重连。",
    ),
    (Verb.RECV, Outcome.RESET): Words(
        "recv raised ConnectionResetError ({errno}): an RST came, and the connection is gone at once. The "
        "client connects again.",
        "recv 抛出 ConnectionResetError（{errno}）：收到 RST，连接立即中断。客户端将重连。",
    ),
    (Verb.SEND, Outcome.DONE): Words(
        "send gave {size} bytes to the kernel after {seconds}; it sees to it that they arrive.",
        "send 在 {seconds} 后把 {size} 字节交给内核，由内核负责送达。",
    ),
    (Verb.SEND, Outcome.TIMED_OUT): Words(
        "send raised TimeoutError after {seconds}: the server does not read, and every buffer is full. The "
        "client tries the rest again.",
        "send 在 {seconds} 后抛出 TimeoutError：服务器不读取，缓冲区已满。客户端继续发送剩余部分。",
    ),
    (Verb.SEND, Outcome.WOULD_BLOCK): Words(
        "send raised BlockingIOError ({errno}): the kernel's buffer is full, and with time-out 0 it does not "
        "wait. The client looks again in a moment.",
        "send 抛出 BlockingIOError（{errno}）：内核缓冲区已满，超时为 0 时不等待。客户端稍后再试。",
    ),
    (Verb.SEND, Outcome.RESET): Words(
        "send failed ({errno}): the connection is gone. The client connects again; what was not acknowledged "
        "is sent again.",
        "send 失败（{errno}）：连接已断。客户端将重连，未确认的内容会重发。",
    ),
}
OTHERWISE = Words(
    "{verb}: {outcome} after {seconds} {errno} {detail}", "{verb}：{seconds} 后{outcome} {errno} {detail}"
)

KERNEL = {
    "SYN_SENT": Words("our SYN is out, no answer yet", "SYN 已发出，尚无回应"),
    "ESTABLISHED": Words("both sides may send", "双方都可以发送"),
    "FIN_WAIT1": Words("our FIN is out, not yet acknowledged", "我方 FIN 已发出，尚未确认"),
    "FIN_WAIT2": Words("our FIN is acknowledged; theirs is awaited", "我方 FIN 已确认，等待对方 FIN"),
    "TIME_WAIT": Words("both FINs are acknowledged", "双方 FIN 均已确认"),
    "CLOSE": Words("no connection", "没有连接"),
    "CLOSE_WAIT": Words("their FIN came; ours is due", "对方 FIN 已到，轮到我方"),
    "LAST_ACK": Words("our FIN is out, the last ACK is awaited", "我方 FIN 已发出，等待最后的 ACK"),
    "CLOSING": Words("both sent a FIN at once", "双方同时发出 FIN"),
}
"""What a state of TCP means (RFC 9293, section 3.3.2), by Linux's names."""


def seconds(value: float) -> str:
    """A duration as one reads it: microseconds are noise, and so are milliseconds beyond ten seconds."""
    if value < 0.9995:
        return f"{value * 1000:.1f} ms" if value < 0.1 else f"{value * 1000:.0f} ms"
    return f"{value:.2f} s" if value < 10 else f"{value:.1f} s"


def mode(timeout: Timeout) -> Words:
    """What a time-out means."""
    if timeout is None:
        return FOR_EVER
    return NOT_AT_ALL if timeout == 0 else AT_MOST.fill(seconds=f"{timeout:g} s")


def figure(timeout: Timeout) -> str:
    """A time-out as one types it."""
    return "None" if timeout is None else f"{timeout:g} s" if timeout else "0"


def told(ended: Ended) -> Words:
    """What an operation's end means, and what comes next."""
    words = TOLD.get((ended.verb, ended.outcome), OTHERWISE)
    return words.fill(
        verb=VERBS[ended.verb],
        outcome=OUTCOMES[ended.outcome],
        seconds=seconds(ended.seconds),
        size=ended.size,
        errno=ended.errno or "-",
        detail=ended.detail,
    )


def icon(stage: StageChanged) -> str:
    """A sign for a stage, to be told apart without colours."""
    return ICONS.get(stage.stage, WORKING)


def reason(connection: Connection, lang: Lang) -> str:
    """Why there is no connection, in words, with what to do; empty if nothing is wrong."""
    stage = connection.stage
    if not stage.code or stage.code == "left":
        return ""
    words = FAULTS.get(stage.code) or texts.REASONS.get(stage.code)
    if words is None:
        said = shown(stage.detail or stage.code)
    else:
        said = with_detail(words, stage.code, stage.detail).say(lang)
    last = next(reversed(connection.outcomes[Verb.CONNECT]), None)
    if isinstance(last, Ended) and last.outcome not in (Outcome.DONE, Outcome.WOULD_BLOCK):
        return texts.AFTER.say(lang, words=said, seconds=seconds(last.seconds))
    return said
