"""Why there is no connection, in words: what a code of `StageChanged` or `Dropped` means and what to do."""

from callroom_client.events import Stage, StageChanged
from callroom_client.link.faults import FAULTS
from callroom_words.words import Words

ERRNOS: dict[str, Words] = {
    "ECONNREFUSED": Words(
        "Nobody listens there: is the house open, and the port right?",
        "那里没有人接听：服务器开了吗？端口对吗？",
    ),
    "ENOENT": Words(
        "There is no such socket file: is the house open, and the path right?",
        "没有这个套接字文件：服务器开了吗？路径对吗？",
    ),
    "EACCES": Words("This socket may not be used by you.", "您没有权限使用这个套接字。"),
    "ETIMEDOUT": Words("Nobody answered in time.", "没有及时应答。"),
    "EHOSTUNREACH": Words("No way leads to that host.", "无法到达该主机。"),
    "ENETUNREACH": Words("No way leads to that network.", "无法到达该网络。"),
    "ECONNRESET": Words("The other side broke the connection off.", "对方重置了连接。"),
    "EPIPE": Words("The other side does not listen any more.", "对方不再接收。"),
    "ECONNABORTED": Words("The connection was broken off.", "连接被中断。"),
}
"""Names of errnos that people meet; any other is told in the system's words."""

CODES: dict[str, Words] = {
    "name_taken": Words(
        "That name is taken. Choose another: /nick NAME", "这个名字已有人使用。请换一个：/nick 名字"
    ),
    "name_bad": Words(
        "That is no name here. Choose another: /nick NAME", "名字不合规则。请换一个：/nick 名字"
    ),
    "taken_over": Words(
        "You are here with another client now. /reconnect takes the talk back to this one.",
        "您已在另一个客户端登录。/reconnect 可切换回这里。",
    ),
    "quit": Words("You have left.", "您已离开。"),
    "server_restarts": Words("The house starts again.", "服务器正在重启。"),
    "shutting_down": Words("The house closes.", "服务器正在关闭。"),
    "house_full": Words("The house is full.", "服务器已满。"),
    "too_many_from_address": Words("Too many connections come from here.", "来自您的地址的连接太多。"),
    "wrong_door": Words(
        "That door is not for this client: use a tcp://, tls:// or frames:// door.",
        "这个入口不适用于本客户端：请使用 tcp://、tls:// 或 frames:// 入口。",
    ),
}
"""Codes of the server for which a client has better words."""

DETAILED = ("bad_frame", "bad_message", "bad_text", "frame_too_long", "tls_error")
"""Codes that have many causes: only the detail tells which."""

_AND_DETAIL = Words("{words} ({detail})", "{words}（{detail}）")
_UNKNOWN = Words("{detail}", "{detail}")
_LOST = Words("No connection: {why}", "没有连接：{why}")
_AGAIN = Words("{lost} Trying again in {seconds} s.", "{lost}{seconds} 秒后重试。")


def meaning(code: str, detail: str = "") -> Words:
    """What a code means; `detail` where nobody has written it down."""
    words = CODES.get(code) or FAULTS.get(code) or ERRNOS.get(code)
    if words is not None:
        return with_detail(words, code, detail)
    return _UNKNOWN.fill(detail=detail or code)


def with_detail(words: Words, code: str, detail: str) -> Words:
    """The words, and behind them the detail where they are too general without it."""
    return _AND_DETAIL.fill(words=words, detail=detail) if code in DETAILED and detail else words


def trouble(event: StageChanged, now: float) -> Words | None:
    """What to tell of a stage; None where nothing is wrong."""
    if not event.code or event.code == "left" or event.stage not in (Stage.WAITING, Stage.OFFLINE):
        return None
    words = meaning(event.code, event.detail)
    if event.code == "quit":
        return words
    lost = _LOST.fill(why=words)
    if event.retry_at is None:
        return lost
    return _AGAIN.fill(lost=lost, seconds=max(1, round(event.retry_at - now)))
