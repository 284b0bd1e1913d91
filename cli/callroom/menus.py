"""`callroom menus`: the robot's own subcommands, and those that read what a house has recorded."""

from collections.abc import Sequence

from callroom_menus.cli import Subcommand
from callroom_menus.cli import menus as run
from callroom_words.words import Words

RECORDED = {
    "graph": Subcommand(
        "callroom_server.cli.calls", Words("draw a menu", "画出菜单的结构"), "GRAPH", "graph"
    ),
    "stats": Subcommand(
        "callroom_server.cli.calls",
        Words("where callers went and left", "统计来电者的去向"),
        "STATS",
        "stats",
    ),
    "replay": Subcommand(
        "callroom_server.cli.calls",
        Words("recorded calls against an edited menu", "用改过的菜单重放通话"),
        "REPLAY",
        "replay",
    ),
    "messages": Subcommand(
        "callroom_server.cli.calls",
        Words("what callers left", "列出来电者的留言"),
        "MESSAGES",
        "messages",
    ),
}


def menus(argv: Sequence[str]) -> int:
    """Runs `callroom menus COMMAND ...`; the exit code."""
    return run(argv, RECORDED)
