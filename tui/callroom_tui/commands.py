"""The commands of the screen: those of every door, and what only a client with a socket to show has."""

import msgspec

from callroom_client.events import Timeout, Verb
from callroom_wire.command import Argument, Command, Kind, Table, Where
from callroom_wire.commands import SHARED
from callroom_words.words import Words

VERBS = {verb.value: verb for verb in (Verb.CONNECT, Verb.RECV, Verb.SEND)}


class SetTimeout(msgspec.Struct, frozen=True):
    """Set a time-out of the socket."""

    verb: Verb
    value: Timeout


class Do(msgspec.Struct, frozen=True):
    """Do what a key does: the name of an action of the screen."""

    action: str


Own = SetTimeout | Do


def _timeout(rest: str, where: Where) -> Own | None:
    words = rest.lower().split()
    if not words:
        return Do("panel('timeouts')")
    if len(words) != 2 or words[0] not in VERBS:
        return None
    if words[1] in ("none", "无", "blocking"):
        return SetTimeout(VERBS[words[0]], None)
    try:
        return SetTimeout(VERBS[words[0]], float(words[1].removesuffix("s")))
    except ValueError:
        return None


OWN: tuple[Command[Own], ...] = (
    Command(
        "timeout",
        ("settimeout", "超时"),
        (
            Argument(
                Words("connect | recv | send", "connect | recv | send"),
                (Kind.WORD,),
                tuple(Words(verb, verb) for verb in VERBS),
            ),
            Argument(Words("SECONDS | 0 | none", "秒数 | 0 | none"), (Kind.SECONDS,)),
        ),
        Words("sets a time-out of the socket", "设置套接字的超时"),
        _timeout,
    ),
    Command(
        "wire",
        ("线路",),
        (),
        Words("shows every frame that passes", "显示经过的每一帧"),
        lambda rest, where: None if rest else Do("toggle_wire"),
    ),
    Command(
        "reconnect",
        ("重连",),
        (),
        Words("connects anew, now", "立即重新连接"),
        lambda rest, where: None if rest else Do("reconnect"),
    ),
    Command(
        "connect",
        ("server", "连接"),
        (),
        Words("calls another server", "连接其他服务器"),
        lambda rest, where: None if rest else Do("other_server"),
    ),
    Command(
        "theme",
        ("主题色",),
        (),
        Words("dark, light, high contrast", "深色、浅色、高对比度"),
        lambda rest, where: None if rest else Do("next_theme"),
    ),
    Command(
        "bell",
        ("铃声",),
        (),
        Words("rings for mentions, for every line, or never", "铃声：提到我时、每条消息、从不"),
        lambda rest, where: None if rest else Do("next_bell"),
    ),
)

TABLE: Table[Own] = Table[Own](*SHARED, *OWN)
