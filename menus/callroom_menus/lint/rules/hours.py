"""Opening hours: intervals that overlap, and hours that never come."""

import re
from collections.abc import Iterator
from itertools import pairwise

from callroom_menus.hours import DAY, DAYS
from callroom_menus.lint.findings import Found, found
from callroom_menus.lint.raw import table, texts
from callroom_menus.lint.view import View
from callroom_menus.positions import Path
from callroom_menus.quick import Table

_INTERVAL = re.compile(r"(\d{1,2}):(\d\d)\s*-\s*(\d{1,2}):(\d\d)")


class _Interval:
    """Minutes of a week or of one day, and how and where they are written."""

    def __init__(self, begins: int, ends: int, path: Path, written: str) -> None:
        self.begins, self.ends, self.path, self.written = begins, ends, path, written


def find(view: View) -> Iterator[Found]:
    """What is wrong with each `[hours.NAME]`."""
    for name in view.hours:
        yield from _judged(name, table(view.hours, name))


def _judged(name: str, hours: Table) -> Iterator[Found]:
    path: Path = ("hours", name)
    week, special = table(hours, "week"), table(hours, "open")
    written = [_intervals((*path, "week", days), week, days) for days in week]
    if not any(written) and not any(_intervals((*path, "open", day), special, day) for day in special):
        yield found("hours-never", path, hours=f"[hours.{name}]")
    daily = {day: (days, one) for days, one in zip(week, written, strict=True) for day in _days(days)}
    weekly = [
        _Interval(day * DAY + one.begins, day * DAY + one.ends, one.path, f"{days} {one.written}")
        for day, (days, intervals) in daily.items()
        for one in intervals
    ]
    yield from _overlaps(weekly, 7 * DAY)
    for day in special:
        yield from _overlaps(_intervals((*path, "open", day), special, day), 0)


def _overlaps(intervals: list[_Interval], around: int) -> Iterator[Found]:
    """Each interval that begins before the one before it has ended. The week goes `around`."""
    ordered = sorted(intervals, key=lambda one: (one.begins, one.ends))
    if around and ordered:
        first = ordered[0]
        ordered.append(_Interval(first.begins + around, first.ends + around, first.path, first.written))
    told: set[tuple[Path, Path]] = set()
    for before, after in pairwise(ordered):
        if after.begins < before.ends and (before.path, after.path) not in told:
            told.add((before.path, after.path))
            yield found("hours-overlap", after.path, first=before.written, second=after.written)


def _intervals(path: Path, of: Table, field: str) -> list[_Interval]:
    """The intervals of one line; `20:00-02:00` ends on the next day."""
    made: list[_Interval] = []
    for index, written in texts(of, field):
        if match := _INTERVAL.fullmatch(written.strip()):
            begins = int(match[1]) * 60 + int(match[2])
            ends = int(match[3]) * 60 + int(match[4])
            made.append(_Interval(begins, ends if ends > begins else ends + DAY, (*path, index), written))
    return made


def _days(written: str) -> list[int]:
    """`mon-fri`, `sat`, `fri-mon`: the days of the week, from 0; none if it is not understood."""
    first, _, last = written.lower().partition("-")
    if first not in DAYS or (last or first) not in DAYS:
        return []
    begins = DAYS.index(first)
    return [(begins + day) % 7 for day in range((DAYS.index(last or first) - begins) % 7 + 1)]
