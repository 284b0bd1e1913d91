"""`callroom menus try`: calls a menu from the terminal, or from a script on standard input."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from callroom_menus.beside import load_with_called, tables_beside
from callroom_menus.cli.telling import menu_file, printable, tell_problems
from callroom_menus.events import Effect, End, EnterRoom, Lookup, Say, Unaccepted
from callroom_menus.problems import MenuError
from callroom_menus.state import Phase
from callroom_menus.transcript import shown
from callroom_menus.trial import Misread, Standing, Trial
from callroom_words.options import LANG, Command, Line, Option
from callroom_words.words import Lang, Words

COMMAND = Command(
    "menus try",
    Words(
        "Calls a menu here and now. Type what a caller would; or, in brackets, what happens:\n"
        "  (silence) (silence 20) (clock 2026-10-01T03:00) (return) (hangup)\n"
        '  (lookup found {"balance": "12.5"}) (lookup not_found) (lookup error)\n'
        "  (agent waiting 3 120) (agent answered Li) (agent closed|full|timeout|ended)\n"
        "Look-ups in CSV files of the sources.toml beside the menu are answered from there. A script comes\n"
        "by standard input; exit code 1 says that one of its lines could not be read.",
        "在此直接拨打一个菜单。输入来电者会输入的内容；或用括号写出发生的事：\n"
        "  (silence) (silence 20) (clock 2026-10-01T03:00) (return) (hangup)\n"
        '  (lookup found {"balance": "12.5"}) (lookup not_found) (lookup error)\n'
        "  (agent waiting 3 120) (agent answered Li) (agent closed|full|timeout|ended)\n"
        "菜单旁 sources.toml 中的 CSV 查询会自动作答。标准输入不是终端时逐行读取；\n"
        "若有一行无法理解，退出码为 1。",
    ),
    arguments=(("FILE", Words("a menu file, or the name of one that ships", "菜单文件，或内置菜单的名称")),),
    options=(
        Option(
            "--clock",
            Words(
                "call at this time, e.g. 2026-10-01T03:00 (now)", "拨打的时间，如 2026-10-01T03:00（现在）"
            ),
            "TIME",
        ),
        Option(
            "--state",
            Words(
                "how much of the call's state to show: full, short or none",
                "显示多少状态：full、short 或 none",
            ),
            "HOW",
            choices=("full", "short", "none"),
        ),
        Option(
            "--record",
            Words("add what happens to this file, as a transcript", "把经过作为对话记录写到该文件末尾"),
            "FILE",
        ),
        LANG,
    ),
)

BAD_CLOCK = Words(
    "callroom menus try: --clock must be a time such as 2026-10-01T03:00, not {given}",
    "callroom menus try：--clock 须是 2026-10-01T03:00 这样的时间，而不是 {given}",
)
MISREAD = Words("nothing happens by {line}; see --help", "{line} 不会引起任何事；见 --help")
UNACCEPTED = Words("not taken just now: the call is {phase}", "此刻不接受：通话正{phase}")
OVER = Words("the call is over", "通话结束")
BACK = Words("(return) comes back", "(return) 返回")
LOOKING = Words(
    "look-up in {source}: answer with (lookup found {{...}}), (lookup not_found) or (lookup error)",
    "查询 {source}：请用 (lookup found {{...}})、(lookup not_found) 或 (lookup error) 作答",
)
UNWRITTEN = Words("callroom menus try: {path}: {reason}", "callroom menus try：{path}：{reason}")
ATTEMPTS = Words("attempts {n}", "已试 {n} 次")
WAIT = Words("wait {n} s", "等待 {n} 秒")
FOR_EVER = Words("waits for ever", "一直等待")
CAME_BY = Words("came by {nodes}", "途经 {nodes}")
PHASES = {
    Phase.NEW: Words("not begun", "未开始"),
    Phase.WAITING: Words("waiting", "等待输入"),
    Phase.AWAY: Words("in a room", "在聊天室"),
    Phase.LOOKING: Words("looking up", "查询中"),
    Phase.QUEUED: Words("queued", "排队中"),
    Phase.TALKING: Words("with an agent", "与坐席通话"),
    Phase.ENDED: Words("over", "已结束"),
}


def run(line: Line, lang: Lang) -> int:
    """Calls, until the call is over or there are no more lines; the exit code."""
    given = line.value("clock")
    try:
        clock = datetime.fromisoformat(given) if given else datetime.now(UTC).replace(second=0, microsecond=0)
    except ValueError:
        print(BAD_CLOCK.say(lang, given=ascii(given)), file=sys.stderr)
        return 2
    file = menu_file(line.arguments[0])
    try:
        trial = Trial(load_with_called(file), tables_beside(file), clock)
    except MenuError as error:
        return tell_problems(error, lang)
    misread = _converse(trial, line.value("state") or "short", lang)
    if record := line.value("record"):
        try:
            _add(Path(record), file.name, trial.record)
        except OSError as error:
            reason = error.strerror or str(error)
            print(UNWRITTEN.say(lang, path=printable(record), reason=reason), file=sys.stderr)
            return 1
    return 1 if misread else 0


def _converse(trial: Trial, how: str, lang: Lang) -> bool:
    """Whether a line of a script could not be read. Ctrl-C and Ctrl-D end a conversation, as anywhere."""
    misread = False
    with suppress(KeyboardInterrupt):
        _show(trial, trial.begin(), how, lang)
        for entry in _lines() if not trial.over else ():
            try:
                effects = trial.typed(entry)
            except Misread as error:
                print(MISREAD.say(lang, line=printable(str(error))), file=sys.stderr)
                misread = not sys.stdin.isatty()
                continue
            _show(trial, effects, how, lang)
            if trial.over:
                break
    return misread


def _lines() -> Iterator[str]:
    """What is typed; of a script, each line is shown where the caller would have typed it."""
    if sys.stdin.isatty():
        with suppress(EOFError):
            while True:
                yield input("> ")
    else:
        for text in sys.stdin:
            print(printable(f"> {text.rstrip()}"))
            yield text.rstrip("\r\n")


def _show(trial: Trial, effects: Sequence[Effect], how: str, lang: Lang) -> None:
    for effect in effects:
        match effect:
            case Say():
                print(printable(effect.text))
            case End():
                print(printable("\n".join(filter(None, (effect.text, f"[{OVER.say(lang)}]")))))
            case Unaccepted():
                print(f"[{UNACCEPTED.say(lang, phase=PHASES[trial.standing().phase])}]")
            case EnterRoom():
                print(printable(f"! room {effect.room}  [{BACK.say(lang)}]"))
            case Lookup() if trial.standing().phase is Phase.LOOKING:
                print(f"! {LOOKING.say(lang, source=printable(effect.source))}")
            case _:
                print(*(printable(one) for one in shown(effect)), sep="\n", end="\n" if shown(effect) else "")
    if how != "none" and not trial.over:
        print(printable(_standing(trial.standing(), how, lang)), flush=True)


def _standing(it: Standing, how: str, lang: Lang) -> str:
    """The state in a line; in full, with what the call knows and how it came here in more."""
    parts = [f"{it.menu}#{it.node}" if it.menu else it.node]
    if it.phase is not Phase.WAITING:
        parts.append(PHASES[it.phase].say(lang))
    values = [f"{name}={value}" for name, value in sorted(it.variables.items())]
    if how == "short":
        parts += values
    if it.attempts:
        parts.append(ATTEMPTS.say(lang, n=it.attempts))
    parts.append(FOR_EVER.say(lang) if it.patience is None else WAIT.say(lang, n=it.patience))
    head = f"[{' | '.join(parts)}]"
    if how == "short":
        return head
    more = [*([f"lang={it.lang}"] if it.lang else []), *values]
    if it.history:
        more.append(CAME_BY.say(lang, nodes=" > ".join(it.history)))
    return "\n".join([head, *(f"[  {one}]" for one in more)])


def _add(path: Path, name: str, record: Sequence[str]) -> None:
    """Adds a transcript to a file, apart from those that are there."""
    before = "\n" if path.exists() and path.stat().st_size else ""
    with path.open("a", encoding="utf-8", newline="\n") as file:
        file.write("\n".join([f"{before}# {name}", *record, ""]))
