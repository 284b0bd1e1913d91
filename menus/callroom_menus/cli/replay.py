"""`callroom menus replay`, as it is told: call by call, or as JSON. The record is read elsewhere."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime

import msgspec

from callroom_menus.cli.telling import printable
from callroom_menus.replay import NOT_TAKEN, Parting, Replayed
from callroom_menus.stats import END
from callroom_words.words import Lang, Words

SUMMARY = Words(
    "calls: {calls}; as before: {same}, another way to the same end: {other}, elsewhere: {elsewhere}",
    "通话 {calls}；不变 {same}，殊途同归 {other}，去向不同 {elsewhere}",
)
ENDS = Words("{call} {at}: ended at {then}, now at {now}", "{call} {at}：原到 {then}，现到 {now}")
SAME_END = Words("{call} {at}: another way to {then}", "{call} {at}：另一条路到 {then}")
PARTS = Words(
    "  at {place}, {entry}: then {was}, to {went}; now {becomes}, to {goes}",
    "  在 {place}，{entry}：原为 {was}，到 {went}；现为 {becomes}，到 {goes}",
)
GUESSED = Words(
    "  (a masked entry, or what a look-up found, is not recorded and was made up)",
    "  （屏蔽的输入或查询结果没有记录，以样例代替）",
)
NOTHING = Words("nothing typed", "无输入")
REFUSED = Words("not taken", "不接受")
OVER = Words("(end)", "（结束）")


def tell(found: Sequence[Replayed], as_json: bool, lang: Lang) -> None:
    """Prints the calls that go another way, and how many there are; as JSON, one object a line for each."""
    for it in found:
        if as_json:
            print(msgspec.json.encode(it).decode())
        elif it.parting is not None:
            print(printable(_told(it, it.parting, lang)))
    if not as_json:
        count = Counter(it.outcome for it in found)
        print(
            SUMMARY.say(
                lang,
                calls=len(found),
                same=count["same"],
                other=count["other_way"],
                elsewhere=count["elsewhere"],
            )
        )


def _told(it: Replayed, parting: Parting, lang: Lang) -> str:
    names = {END: OVER.say(lang), NOT_TAKEN: REFUSED.say(lang)}
    at = datetime.fromtimestamp(it.at, UTC).isoformat(timespec="seconds")
    words = ENDS if it.outcome == "elsewhere" else SAME_END
    then, now = names.get(it.ended, it.ended), names.get(it.would_end, it.would_end)
    lines = [
        words.say(lang, call=it.call, at=at, then=then, now=now),
        PARTS.say(
            lang,
            place=parting.place,
            entry=ascii(parting.entry) if not parting.entry.isprintable() else parting.entry or NOTHING,
            was=parting.then,
            went=names.get(parting.went, parting.went),
            becomes=names.get(parting.now, parting.now),
            goes=names.get(parting.goes, parting.goes),
        ),
    ]
    return "\n".join([*lines, *([GUESSED.say(lang)] if it.guessed else [])])
