"""The command line of `callroom line`."""

import re
from collections.abc import Mapping
from pathlib import Path

import msgspec

from callroom_client.client import SCHEMES
from callroom_client.events import Verb
from callroom_client.link.timeouts import Timeouts
from callroom_words.options import LANG, Command, Line, Option, UsageError
from callroom_words.words import Words

DEFAULT_URL = "tcp://127.0.0.1:8888"
DEFAULT_WAIT = 10.0
LONGEST_WAIT = 86_400.0

LINE = Command(
    "line",
    Words(
        "A client at a prompt: rooms, people and the robot, with a toolbar that shows what the socket does.\n"
        "Without a terminal, or with --plain, it reads lines and writes lines; with --json, JSON.\n"
        "docs/line.md has keys, JSON and examples. Exit codes: 0 done, 1 failed or not seen, 2 wrong usage.",
        "带提示符的客户端：房间、私聊和机器人；底部工具栏显示套接字的状态。\n"
        "没有终端或加 --plain 时按行读写；加 --json 时读写 JSON。\n"
        "按键、JSON 和例子见 docs/line.md。退出码：0 完成，1 失败或没有看到，2 用法错误。",
    ),
    (
        (
            "[URL]",
            Words(
                f"{', '.join(f'{scheme}://' for scheme in SCHEMES)}; $CALLROOM_URL, or {DEFAULT_URL}",
                f"{'、'.join(f'{scheme}://' for scheme in SCHEMES)}；默认 $CALLROOM_URL 或 {DEFAULT_URL}",
            ),
        ),
    ),
    (
        Option("--name", Words("take this name", "使用这个名字"), "NAME"),
        Option("--room", Words("enter this room", "进入这个房间"), "ROOM"),
        LANG,
        Option(
            "--timeout",
            Words("a time-out: recv=2.5, connect=none, send=0", "超时：recv=2.5、connect=none、send=0"),
            "VERB=SECONDS",
            many=True,
        ),
        Option("--instant", Words("digits go to the robot at once", "数字键立即发给机器人")),
        Option("--no-instant", Words("digits wait for Enter", "数字键等回车"), key="instant", means=False),
        Option("--bell", Words("ring when somebody names you", "有人提到您时响铃")),
        Option("--no-bell", Words("never ring", "不响铃"), key="bell", means=False),
        Option("--plain", Words("lines in, lines out, no escapes", "按行读写，不用控制序列")),
        Option("--json", Words("one JSON object per line, in and out", "每行一个 JSON，读写都是")),
        Option(
            "--trace", Words("with --json: every operation and frame, too", "配合 --json：包括每个操作和帧")
        ),
        Option("--once", Words("say this line, show the answer, leave", "说一行，显示应答后退出"), "TEXT"),
        Option(
            "--expect",
            Words("with --once: leave with 0 once this is seen", "配合 --once：看到后以 0 退出"),
            "REGEX",
        ),
        Option(
            "--wait",
            Words(
                f"seconds for the answers after the last line ({DEFAULT_WAIT:g})",
                f"最后一行之后等待应答的秒数（{DEFAULT_WAIT:g}）",
            ),
            "SECONDS",
        ),
        Option(
            "--profile", Words("keep name and unsent lines in this file", "名字和待发内容存放的文件"), "FILE"
        ),
    ),
)

NOT_WITH = Words("{one} does not go with {other}", "{one} 不能与 {other} 一起用")
ONLY_WITH = Words("{one} needs {other}", "{one} 需要 {other}")
BAD_REGEX = Words("--expect is no regular expression: {why}", "--expect 不是正则表达式：{why}")
BAD_WAIT = Words("--wait must be 0 to {most} seconds", "--wait 必须是 0 到 {most} 秒")
BAD_TIMEOUT = Words(
    "--timeout {given}: write connect, recv or send, =, and none, 0 or seconds",
    "--timeout {given}：请写 connect、recv 或 send，然后 = 和 none、0 或秒数",
)
EMPTY_ONCE = Words("--once needs a line to say", "--once 需要要说的内容")


class Options(msgspec.Struct, frozen=True):
    """What the command line says. `instant` and `bell`: None where it says nothing."""

    url: str
    name: str = ""
    room: str = ""
    timeouts: Timeouts = Timeouts()
    instant: bool | None = None
    bell: bool | None = None
    plain: bool = False
    json: bool = False
    trace: bool = False
    once: str = ""
    expect: str = ""
    wait: float = DEFAULT_WAIT
    profile: Path | None = None


def options_of(line: Line, environ: Mapping[str, str]) -> Options:
    """What a command line means.

    Raises:
        UsageError: parts of it do not go together.
    """
    once, expect = line.value("once"), line.value("expect")
    plain, json, trace = line.flag("plain"), line.flag("json"), line.flag("trace")
    for (one, given), (other, also) in (
        (("--json", json), ("--plain", plain)),
        (("--json", json), ("--once", "once" in line.options)),
    ):
        if given and also:
            raise UsageError(NOT_WITH.fill(one=one, other=other))
    if expect and "once" not in line.options:
        raise UsageError(ONLY_WITH.fill(one="--expect", other="--once"))
    if trace and not json:
        raise UsageError(ONLY_WITH.fill(one="--trace", other="--json"))
    if "once" in line.options and not once.strip():
        raise UsageError(EMPTY_ONCE)
    try:
        re.compile(expect)
    except re.error as fault:
        raise UsageError(BAD_REGEX.fill(why=str(fault))) from fault
    profile = line.value("profile")
    url = line.arguments[0] if line.arguments else environ.get("CALLROOM_URL") or DEFAULT_URL
    return Options(
        url if "://" in url else f"tcp://{url}",
        line.value("name"),
        line.value("room"),
        _timeouts(line.values("timeout")),
        line.flag("instant") if "instant" in line.options else None,
        line.flag("bell") if "bell" in line.options else None,
        plain,
        json,
        trace,
        once,
        expect,
        _wait(line.value("wait")),
        Path(profile) if profile else None,
    )


def _wait(given: str) -> float:
    if not given:
        return DEFAULT_WAIT
    try:
        wait = float(given)
    except ValueError:
        wait = -1.0
    if not 0 <= wait <= LONGEST_WAIT:
        raise UsageError(BAD_WAIT.fill(most=f"{LONGEST_WAIT:.0f}"))
    return wait


def _timeouts(given: list[str]) -> Timeouts:
    timeouts = Timeouts()
    for one in given:
        name, _, value = one.partition("=")
        try:
            verb = Verb(name.strip())
            timeouts = timeouts.changed(verb, None if value.strip() == "none" else float(value))
        except ValueError as fault:
            raise UsageError(BAD_TIMEOUT.fill(given=ascii(one))) from fault
    return timeouts
