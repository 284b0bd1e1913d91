"""The toolbar below the prompt: state, place, peer, time-outs counting down, round trip, unread. Pure."""

from collections.abc import Iterator

from callroom_client.events import Began, Stage, Timeout, Verb
from callroom_client.judging import judged
from callroom_client.model import Model
from callroom_forms.judging import Fit
from callroom_words.words import Lang, Words

Part = tuple[str, str]

STAGES: dict[Stage, Words] = {
    Stage.OFFLINE: Words("offline", "离线"),
    Stage.RESOLVING: Words("resolving", "解析地址"),
    Stage.CONNECTING: Words("connecting", "连接中"),
    Stage.SECURING: Words("TLS", "TLS 握手"),
    Stage.PROVING: Words("hello", "问候"),
    Stage.LOGGING_IN: Words("logging in", "登录中"),
    Stage.READY: Words("ready", "已连接"),
    Stage.SILENT: Words("silent", "无应答"),
    Stage.WAITING: Words("waiting", "等待重连"),
    Stage.CLOSING: Words("closing", "关闭中"),
}
MARKS = {Stage.READY: "●", Stage.SILENT: "◐", Stage.OFFLINE: "○", Stage.WAITING: "↻"}
"""State is never told by colour alone."""
OTHER_MARK = "…"
ROBOT = Words("robot", "机器人")
AGAIN_IN = Words("try {attempt}, again in {seconds} s", "第 {attempt} 次，{seconds} 秒后重试")
UNREAD = Words("unread {list}", "未读 {list}")
KEPT = Words("{count} not sent yet", "{count} 条待发")
ANSWER_IN = Words("answer within {seconds} s", "请在 {seconds} 秒内输入")
SECRET = Words("secret", "保密输入")
VERDICTS = {Fit.BLANK: "", Fit.SHORT: "", Fit.FITS: "class:bar.good", Fit.WRONG: "class:bar.bad"}
SEPARATOR: Part = ("class:bar.line", " │ ")
MOST_UNREAD = 3


def toolbar(model: Model, now: float, lang: Lang, note: str = "", typed: str = "") -> list[Part]:
    """The parts of the toolbar; `note` comes first, when something has to be decided.

    Args:
        typed: what stands at the prompt: of an entry for the robot it is said how far it is.
    """
    parts: list[Part] = [("class:bar.note", f" {note} "), SEPARATOR] if note else []
    for part in _parts(model, now, lang, typed):
        parts += [part, SEPARATOR]
    return parts[:-1]


def _parts(model: Model, now: float, lang: Lang, typed: str) -> Iterator[Part]:
    connection = model.connection
    stage = connection.stage
    mark = MARKS.get(stage.stage, OTHER_MARK)
    style = "class:bar.good" if stage.stage is Stage.READY else "class:bar.bad"
    yield style, f" {mark} {STAGES[stage.stage].say(lang)}"
    if stage.stage is Stage.WAITING and stage.retry_at is not None:
        left = f"{max(0.0, stage.retry_at - now):.1f}"
        yield "class:bar.bad", AGAIN_IN.say(lang, attempt=stage.attempt + 1, seconds=left)
    yield "class:bar.place", model.current or ROBOT.say(lang)
    yield from _call(model, now, lang, typed)
    unread = [place for place in model.places if place.unread and place.name != model.current]
    if unread:
        unread.sort(key=lambda place: (-place.mentions, -place.unread))
        listed = " ".join(f"{place.name}:{place.unread}" for place in unread[:MOST_UNREAD])
        more = f" +{len(unread) - MOST_UNREAD}" if len(unread) > MOST_UNREAD else ""
        yield "class:bar.unread", UNREAD.say(lang, list=listed + more)
    if waiting := model.waiting:
        yield "class:bar.unread", KEPT.say(lang, count=waiting)
    yield from _timeouts(model, now)
    if connection.round_trip is not None:
        yield "", f"{connection.round_trip * 1000:.1f} ms"
    if connection.socket is not None:
        tls = f" {connection.socket.tls}" if connection.socket.tls else ""
        yield "", f"{connection.socket.peer}{tls} fd {connection.socket.descriptor}"
    elif stage.address:
        yield "", stage.address


def _call(model: Model, now: float, lang: Lang, typed: str) -> Iterator[Part]:
    call = model.call
    if model.current or call.ended:
        return
    if call.secret:
        yield "class:bar.note", SECRET.say(lang)
    if (verdict := judged(model, typed)) is not None:
        yield VERDICTS[verdict.fit], verdict.say(lang)
    if call.deadline is not None and call.deadline > now:
        yield "", ANSWER_IN.say(lang, seconds=f"{call.deadline - now:.0f}")


def _timeouts(model: Model, now: float) -> Iterator[Part]:
    """The time-outs; of an operation under way, what is left of its own."""
    timeouts = model.connection.timeouts
    if timeouts is None:
        return
    doing = model.connection.doing
    shown = [
        f"{verb.value} {_left(doing.get(verb), now)}{_number(value)}"
        for verb, value in (
            (Verb.CONNECT, timeouts.connect),
            (Verb.RECV, timeouts.recv),
            (Verb.SEND, timeouts.send),
        )
    ]
    yield "", "  ".join(shown)


def _left(began: Began | None, now: float) -> str:
    return "" if began is None or began.deadline is None else f"{max(0.0, began.deadline - now):.1f}/"


def _number(value: Timeout) -> str:
    return "none" if value is None else f"{value:g}"
