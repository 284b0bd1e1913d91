"""`callroom menus stats`, `replay`, `messages` and `graph --data`: what a house has recorded of its calls."""

import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from callroom_menus.beside import Tables, load_with_called, tables_beside
from callroom_menus.cli import graph as graphs
from callroom_menus.cli import replay as replays
from callroom_menus.cli import stats as figures_told
from callroom_menus.cli.telling import menu_file, printable, tell_problems
from callroom_menus.model import Menus
from callroom_menus.problems import MenuError
from callroom_menus.record import Turn, calls
from callroom_menus.replay import exported, replayed
from callroom_menus.shelf import library
from callroom_menus.stats import figures
from callroom_server.core import events
from callroom_server.core.ledger import LedgerError, Record
from callroom_server.ledger.reader import SqliteReader
from callroom_words.options import LANG, Command, Line, Option
from callroom_words.words import Lang, Words

PAGE = 1000  # records read at a time: each page is a short transaction, so a running house is not held up
_GREATEST = (1 << 63) - 1

DATA = Option(
    "--data", Words("the data folder of a house, open or not", "本站的数据文件夹，营业中也可以"), "DIR"
)
SINCE = Option(
    "--since",
    Words("only calls that began since then, e.g. 2026-10-01", "只算此时以后开始的通话，如 2026-10-01"),
    "DATE",
)
JSON = Option("--json", Words("one JSON object a line", "每行输出一个 JSON 对象"))
MENU = Option("--menu", Words("only calls to this menu", "只算打给该菜单的通话"), "NAME")

STATS = Command(
    "menus stats",
    Words(
        "Tells where callers went, where they hung up, and what was not understood.",
        "统计来电者的去向、在何处挂断、哪些输入未听懂。",
    ),
    options=(DATA, MENU, SINCE, JSON, LANG),
)
REPLAY = Command(
    "menus replay",
    Words(
        "Replays recorded calls against an edited menu: who would end elsewhere, where they part, and why.\n"
        "With --export, one call as a transcript for `callroom menus test`.",
        "用改过的菜单重放有记录的通话：谁的去向会变、从哪里分开、为什么。\n"
        "加 --export 则把一次通话写成 callroom menus test 用的对话记录。",
    ),
    options=(
        DATA,
        Option(
            "--against",
            Words("the edited menu; for --export by default the one that ships", "改过的菜单文件"),
            "FILE",
        ),
        Option("--export", Words("this call, by its name in the record", "要导出的通话名称"), "CALL"),
        SINCE,
        JSON,
        LANG,
    ),
)
MESSAGES = Command(
    "menus messages",
    Words("Lists what callers left: messages, ratings.", "列出来电者留下的留言与评分。"),
    options=(DATA, SINCE, JSON, LANG),
)
GRAPH = graphs.COMMAND._replace(options=(DATA, *graphs.COMMAND.options))

NEEDED = Words("callroom {command}: {option} is missing", "callroom {command}：缺少 {option}")
BAD_DATE = Words(
    "callroom {command}: --since must be a date such as 2026-10-01, not {given}",
    "callroom {command}：--since 须是 2026-10-01 这样的日期，而不是 {given}",
)
FAILED = Words("callroom {command}: {reason}", "callroom {command}：{reason}")
NO_CALL = Words("callroom menus replay: no call {call} is recorded", "callroom menus replay：没有通话 {call}")
NO_MENU = Words(
    "callroom menus replay: {menu} does not ship; name its file with --against",
    "callroom menus replay：{menu} 不是内置菜单，请用 --against 指明文件",
)
NO_MESSAGES = Words("nobody has left anything", "没有留言")


class Refused(Exception):  # noqa: N818 - what is said, as everywhere
    """The command cannot be done; `words` say why, `code` is the exit code."""

    def __init__(self, words: Words, code: int) -> None:
        super().__init__(words.en)
        self.words = words
        self.code = code


def stats(line: Line, lang: Lang) -> int:
    """Runs `callroom menus stats`; the exit code."""

    def run() -> int:
        found = figures(_turns(folder_of(line, STATS), since_of(line, STATS)), line.value("menu"))
        figures_told.tell(found, line.flag("json"), lang)
        return 0

    return told(run, STATS, lang)


def replay(line: Line, lang: Lang) -> int:
    """Runs `callroom menus replay`; the exit code."""

    def run() -> int:
        folder, since = folder_of(line, REPLAY), since_of(line, REPLAY)
        if call := line.value("export"):
            print("\n".join(printable(one) for one in _exported(folder, call, line.value("against"))))
            return 0
        if not line.value("against"):
            raise Refused(NEEDED.fill(command=REPLAY.name, option="--against"), 2)
        menus, tables = _menu(line.value("against"))
        name = menus.first().id
        whole = [one for one in calls(_turns(folder, since)).values() if one[0].what == "start"]
        found = [replayed(menus, one, tables) for one in whole if one[0].menu == name]
        replays.tell(found, line.flag("json"), lang)
        return 0

    return told(run, REPLAY, lang)


def messages(line: Line, lang: Lang) -> int:
    """Runs `callroom menus messages`; the exit code."""

    def run() -> int:
        since = since_of(line, MESSAGES)
        left = [
            event
            for record in records_since(folder_of(line, MESSAGES), events.MESSAGES, since)
            if isinstance(event := events.decode(record.event), events.Kept)
        ]
        for event in left:
            print(msgspec.json.encode(event).decode() if line.flag("json") else printable(_row(event)))
        if not left and not line.flag("json"):
            print(NO_MESSAGES.say(lang))
        return 0

    return told(run, MESSAGES, lang)


def graph(line: Line, lang: Lang) -> int:
    """Runs `callroom menus graph`; the exit code."""
    if not line.value("data"):
        return graphs.run(line, lang)
    return told(
        lambda: graphs.draw(line, lang, figures(_turns(folder_of(line, GRAPH), 0))),
        GRAPH,
        lang,
    )


def told(run: Callable[[], int], command: Command, lang: Lang) -> int:
    """Runs a command over recorded events, and tells why it cannot be; the exit code."""
    try:
        return run()
    except MenuError as error:
        return tell_problems(error, lang)
    except LedgerError as error:
        print(FAILED.say(lang, command=command.name, reason=printable(str(error))), file=sys.stderr)
        return 1
    except Refused as error:
        print(error.words.say(lang), file=sys.stderr)
        return error.code


def folder_of(line: Line, command: Command) -> Path:
    """The data folder that must be named."""
    if not line.value("data"):
        raise Refused(NEEDED.fill(command=command.name, option="--data"), 2)
    return Path(line.value("data"))


def since_of(line: Line, command: Command) -> int:
    """From which Unix time, in ms; a time without a zone is of this machine's."""
    given = line.value("since")
    try:
        return int(datetime.fromisoformat(given).timestamp() * 1000) if given else 0
    except (ValueError, OverflowError) as error:
        raise Refused(BAD_DATE.fill(command=command.name, given=ascii(given)), 2) from error


def _menu(argument: str) -> tuple[Menus, Tables]:
    file = menu_file(argument)
    return load_with_called(file), tables_beside(file)


def _exported(folder: Path, call: str, against: str) -> list[str]:
    turns = calls(turn for turn in _turns(folder, 0) if turn.call == call).get(call)
    if turns is None:
        raise Refused(NO_CALL.fill(call=ascii(call)), 1)
    if not against and turns[0].menu not in library():
        raise Refused(NO_MENU.fill(menu=printable(turns[0].menu)), 1)
    menus, tables = _menu(against or turns[0].menu)
    return exported(menus, turns, tables)


def _row(event: events.Kept) -> str:
    at = datetime.fromtimestamp(event.at / 1000, UTC).astimezone().isoformat(" ", "seconds")
    values = "  ".join(f"{name}={value}" for name, value in event.values.items())
    return "  ".join(filter(None, (at, event.menu, event.what, event.by, values)))


def _turns(folder: Path, since: int) -> Iterator[Turn]:
    """The turns of the calls that began since then."""
    early: set[str] = set()
    known: set[str] = set()
    for record in records_since(folder, events.CALLS, since):
        event = events.decode(record.event)
        if not isinstance(event, events.Turn):
            continue
        if since and event.call not in known:
            known.add(event.call)
            if event.what.get("what") != "start":
                early.add(event.call)
        if event.call not in early:
            yield _turn(event)


def _turn(event: events.Turn) -> Turn:
    what = event.what
    return Turn(
        call=event.call,
        at=event.at / 1000,
        menu=event.menu,
        version=event.hash,
        node=what.get("node", ""),
        what=what.get("what", ""),
        entry=what.get("entry", ""),
        called=what.get("menu", ""),
        over=not event.hash,  # a call that is over stands in no version of any menu
    )


def records_since(folder: Path, stream: str, since: int) -> Iterator[Record]:
    """The records of a stream from this Unix time on (ms), in pages; the house may be running."""
    reader = SqliteReader(folder)
    try:
        after = _first_since(reader, stream, since) - 1 if since else 0
        while page := reader.read(stream, after, _GREATEST, PAGE, False):
            yield from page
            after = page[-1].seq
    finally:
        reader.close()


def _first_since(reader: SqliteReader, stream: str, since: int) -> int:
    """The first seq that was recorded at this time or later: times grow along a stream."""
    newest = reader.read(stream, 0, _GREATEST, 1, True)
    low, high = reader.first_kept(stream), newest[0].seq + 1 if newest else 1
    while low < high:
        middle = (low + high) // 2
        found = reader.read(stream, middle - 1, middle + 1, 1, False)
        if not found or _at(found[0]) < since:
            low = middle + 1
        else:
            high = middle
    return low


class _Timed(msgspec.Struct):
    at: int = 0


_at_of = msgspec.json.Decoder(_Timed).decode


def _at(record: Record) -> int:
    return _at_of(record.event).at
