"""`callroom menus graph`: draws a menu, for a page, for a printer, or in the terminal; with its figures."""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from callroom_menus.cli.telling import menu_file, printable, tell_problems
from callroom_menus.drawing import dot, mermaid, tree
from callroom_menus.graph import Graph, counted, drawn
from callroom_menus.loader import load
from callroom_menus.problems import MenuError
from callroom_menus.stats import Figures
from callroom_words.options import LANG, Command, Line, Option
from callroom_words.words import Lang, Words

COMMAND = Command(
    "menus graph",
    Words(
        "Draws a menu: its nodes, and the ways between them. Ways that are the same at several nodes\n"
        "(global keys, giving up) are drawn once, from *.",
        "画出菜单的节点与去向。各节点相同的去向（全局按键、放弃）只画一次，从 * 出发。",
    ),
    arguments=(("FILE", Words("a menu file, or the name of one that ships", "菜单文件，或内置菜单的名称")),),
    options=(
        Option(
            "--format",
            Words("tree (for the terminal), mermaid or dot", "tree（终端）、mermaid 或 dot"),
            "FORMAT",
            choices=("tree", "mermaid", "dot"),
        ),
        Option(
            "--stats",
            Words(
                "add visits, from what `callroom menus stats --json` says; - is standard input",
                "标出访问次数，取自 callroom menus stats --json；- 为标准输入",
            ),
            "FILE",
        ),
        LANG,
    ),
)

COLUMNS = Words("menu", "菜单"), Words("calls", "次数")
ABOVE = Words("(see there)", "（见该处）")
BAD_STATS = Words("callroom menus graph: {file}: {reason}", "callroom menus graph：{file}：{reason}")
NO_FIGURES = Words(
    "callroom menus graph: there are no figures of {menu}", "callroom menus graph：没有 {menu} 的统计"
)


def run(line: Line, lang: Lang) -> int:
    """Draws; the exit code."""
    given = line.value("stats")
    if not given:
        return draw(line, lang, None)
    try:
        text = sys.stdin.buffer.read() if given == "-" else Path(given).read_bytes()
        known = [msgspec.json.decode(row, type=Figures) for row in text.splitlines() if row.strip()]
    except (OSError, msgspec.MsgspecError) as error:
        print(BAD_STATS.say(lang, file=printable(given), reason=printable(str(error))), file=sys.stderr)
        return 1
    return draw(line, lang, known)


def draw(line: Line, lang: Lang, known: Sequence[Figures] | None) -> int:
    """Draws the menu of this command line with the figures of it that are known; the exit code."""
    try:
        menu = load(menu_file(line.arguments[0]))
    except MenuError as error:
        return tell_problems(error, lang)
    graph = drawn(menu)
    if known is not None:
        its = next((one for one in known if one.menu == menu.id), None)
        if its is None:
            print(NO_FIGURES.say(lang, menu=menu.id), file=sys.stderr)
            return 1
        graph = counted(graph, menu, its)
    formats: dict[str, Callable[[Graph], str]] = {"mermaid": mermaid, "dot": dot}
    how = formats.get(line.value("format"))
    if how is None:
        heads = COLUMNS[0].say(lang), COLUMNS[1].say(lang)
        print(printable(tree(graph, heads, ABOVE.say(lang))))
    else:
        print(printable(how(graph)))
    return 0
