"""The commands of every client: those that every door has, and those about its own socket and view."""

from typing import NamedTuple

import msgspec

from callroom_client.events import Timeout, Verb
from callroom_client.link.timeouts import Timeouts
from callroom_wire import command as c
from callroom_wire.command import Argument, Command, Kind, Table, Where
from callroom_wire.commands import SHARED, SWITCH, SWITCH_WORDS
from callroom_words.words import Words


class SetTimeout(msgspec.Struct, frozen=True):
    """Set the time-out of these verbs."""

    verbs: tuple[Verb, ...]
    value: Timeout


class ShowTimeouts(msgspec.Struct, frozen=True):
    """Show the time-outs."""


class Switch(msgspec.Struct, frozen=True):
    """Switch something of the view: `wire`, `bell` or `instant`. None: the other way."""

    what: str
    on: bool | None


class Reconnect(msgspec.Struct, frozen=True):
    """Try at once, or make the connection anew."""


class Retry(msgspec.Struct, frozen=True):
    """Say once more what was refused here."""


class Clear(msgspec.Struct, frozen=True):
    """Empty the view of this place."""


class OpenLab(msgspec.Struct, frozen=True):
    """Show the lab: lessons on sockets, with experiments."""


Own = SetTimeout | ShowTimeouts | Switch | Reconnect | Retry | Clear | OpenLab
Action = c.Action | Own

WITH_TIMEOUT = (Verb.CONNECT, Verb.RECV, Verb.SEND)
ALL_WORD = Words("all", "全部")
NONE_WORD = Words("none", "无")


class _Verbs(NamedTuple):
    """Words for verbs, as they are typed."""

    connect: Words = Words("connect", "连接")
    recv: Words = Words("recv", "接收")
    send: Words = Words("send", "发送")


VERB_WORDS = _Verbs()
_VERBS = dict.fromkeys(ALL_WORD, WITH_TIMEOUT) | {
    word: (verb,) for verb, words in zip(WITH_TIMEOUT, VERB_WORDS, strict=True) for word in words
}


def _timeout(rest: str, where: Where) -> Action | None:
    if not rest:
        return ShowTimeouts()
    word, _, number = rest.lower().partition(" ")
    verbs = _VERBS.get(word)
    if verbs is None:
        return None
    number = number.strip().removesuffix("s").strip()
    if number in NONE_WORD:
        return SetTimeout(verbs, None)
    try:
        value = float(number)
        Timeouts().changed(verbs[0], value)
    except ValueError:
        return None
    return SetTimeout(verbs, value)


def _switch(rest: str, what: str) -> Action | None:
    return Switch(what, SWITCH_WORDS[rest.lower()]) if rest.lower() in SWITCH_WORDS else None


def _wire(rest: str, where: Where) -> Action | None:
    return _switch(rest, "wire")


def _bell(rest: str, where: Where) -> Action | None:
    return _switch(rest, "bell")


def _instant(rest: str, where: Where) -> Action | None:
    return _switch(rest, "instant")


def _reconnect(rest: str, where: Where) -> Action | None:
    return None if rest else Reconnect()


def _retry(rest: str, where: Where) -> Action | None:
    return None if rest else Retry()


def _clear(rest: str, where: Where) -> Action | None:
    return None if rest else Clear()


def _lab(rest: str, where: Where) -> Action | None:
    return None if rest else OpenLab()


OWN: tuple[Command[Own], ...] = (
    Command(
        "timeout",
        ("超时",),
        (
            Argument(
                Words("connect | recv | send | all", "连接 | 接收 | 发送 | 全部"),
                (Kind.WORD,),
                (*VERB_WORDS, ALL_WORD),
                optional=True,
            ),
            Argument(Words("SECONDS | 0 | none", "秒 | 0 | 无"), (Kind.SECONDS,), optional=True),
        ),
        Words("the socket's time-outs, as settimeout takes them", "套接字的超时，即 settimeout 的参数"),
        _timeout,
    ),
    Command(
        "wire",
        ("帧",),
        (SWITCH,),
        Words("shows the frames that pass, secrets masked", "显示来往的帧，秘密会遮住"),
        _wire,
    ),
    Command(
        "reconnect",
        ("重连",),
        (),
        Words("connects anew, or at once instead of waiting", "重新连接，或不再等待马上连接"),
        _reconnect,
    ),
    Command(
        "retry", ("重发",), (), Words("says again what was refused here", "重发这里被拒绝的内容"), _retry
    ),
    Command("lab", ("实验室",), (), Words("lessons on sockets, with experiments", "套接字课与实验"), _lab),
    Command("clear", ("清屏",), (), Words("empties the screen", "清空屏幕"), _clear),
    Command(
        "bell",
        ("响铃",),
        (SWITCH,),
        Words("rings when somebody names you", "有人提到您时响铃"),
        _bell,
    ),
    Command(
        "instant",
        ("即按即发",),
        (SWITCH,),
        Words("digits go to the robot at once", "数字键立即发给机器人"),
        _instant,
    ),
)

TABLE: Table[Own] = Table(*SHARED, *OWN)
