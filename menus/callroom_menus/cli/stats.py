"""`callroom menus stats`, as it is told: in tables for a reader, or as JSON. The record is read elsewhere."""

from collections.abc import Sequence

import msgspec

from callroom_menus.cli.telling import printable
from callroom_menus.drawing import cells
from callroom_menus.stats import END, Figures
from callroom_words.words import Lang, Words

SHOWN = 30  # rows of a table

HEAD = Words(
    "{menu}: {calls} calls, {average} turns each; {ended} ended, {hangups} hung up, {open} unfinished",
    "{menu}：{calls} 次通话，平均 {average} 轮；正常结束 {ended}，挂断 {hangups}，未完 {open}",
)
PLACES = (
    Words("node", "节点"),
    Words("visits", "访问"),
    Words("hung up here", "在此挂断"),
    Words("share", "占比"),
)
STEPS = Words("from", "从"), Words("by", "经由"), Words("to", "到"), Words("calls", "次数")
TYPED = Words("not understood", "未听懂"), Words("at", "节点"), Words("times", "次数")
ANSWERS = (
    Words("look-up", "查询"),
    Words("found", "找到"),
    Words("not found", "没有"),
    Words("failed", "失败"),
)
REASONS = Words("why look-ups failed", "查询失败原因"), Words("times", "次数")
BEGINS = Words("(start)", "（开始）")
OVER = Words("(end)", "（结束）")
NO_CALLS = Words("no calls are recorded", "没有通话记录")


def tell(found: Sequence[Figures], as_json: bool, lang: Lang) -> None:
    """Prints the figures; as JSON, one object a line for each menu."""
    if as_json:
        for it in found:
            print(msgspec.json.encode(it).decode())
    elif found:
        print("\n\n".join(printable(_page(it, lang)) for it in found))
    else:
        print(NO_CALLS.say(lang))


def _page(it: Figures, lang: Lang) -> str:
    left = sum(it.hangups.values())
    parts = [
        HEAD.say(
            lang,
            menu=it.menu,
            calls=it.calls,
            average=f"{it.average:.1f}",
            ended=it.ended,
            hangups=left,
            open=it.calls - it.ended - left,
        )
    ]
    places = [*it.visits, *(place for place in it.hangups if place not in it.visits)]
    rows = [
        (place, str(it.visits.get(place, 0)), str(gone), f"{100 * gone / left:.0f}%" if left else "")
        for place in places
        for gone in [it.hangups.get(place, 0)]
    ]
    parts.append(_table(PLACES, rows, 1, lang))
    names = {"": BEGINS.say(lang), END: OVER.say(lang)}
    steps = [
        (names.get(s.source, s.source), s.how, names.get(s.target, s.target), str(s.count)) for s in it.steps
    ]
    parts.append(_table(STEPS, steps, 3, lang))
    parts.append(_table(TYPED, [(one.text, one.place, str(one.count)) for one in it.no_match], 2, lang))
    answers = [
        (place, *(str(count.get(how, 0)) for how in ("found", "not_found", "error")))
        for place, count in it.answers.items()
    ]
    parts.append(_table(ANSWERS, answers, 1, lang))
    parts.append(_table(REASONS, [(reason, str(count)) for reason, count in it.reasons.items()], 1, lang))
    return "\n\n".join(filter(None, parts))


def _table(heads: Sequence[Words], rows: Sequence[Sequence[str]], numbers: int, lang: Lang) -> str:
    """A table whose columns from `numbers` on stand right; none if it has no rows."""
    if not rows:
        return ""
    lines = [[head.say(lang) for head in heads], *rows[:SHOWN]]
    widths = [max(cells(line[column]) for line in lines) for column in range(len(heads))]
    shown = [
        "  ".join(
            _padded(cell, widths[column], column >= numbers) for column, cell in enumerate(line)
        ).rstrip()
        for line in lines
    ]
    return "\n".join(shown + (["..."] if len(rows) > SHOWN else []))


def _padded(text: str, width: int, right: bool) -> str:
    space = " " * (width - cells(text))
    return space + text if right else text + space
