"""Reads `[hours.NAME]`: every day, time and zone of it checked."""

from __future__ import annotations

import re
from datetime import date
from zoneinfo import ZoneInfo

from callroom_menus.hours import DAY, DAYS, Hours, Interval, Intervals
from callroom_menus.sections import Section, suggestion

_INTERVAL = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-(?:([01]\d|2[0-3]):([0-5]\d)|(24):(00))", re.ASCII)


def read(section: Section, name: str) -> Hours:
    """The hours in this table."""
    hours = Hours(name, _zone(section), _week(section), _closed(section), _open(section))
    section.close()
    return hours


def _zone(section: Section) -> ZoneInfo:
    name = section.need("tz", 'tz = "Asia/Shanghai"')
    try:
        return ZoneInfo(name or "UTC")
    except (ValueError, OSError, LookupError):  # not a name, a folder, unknown: zoneinfo raises each of these
        section.add("tz", "bad-zone", name=name)
        return ZoneInfo("UTC")


def _week(section: Section) -> tuple[Intervals, ...]:
    table = section.table("week")
    if "week" not in section:
        section.add(None, "missing-field", field="week", example='week = { mon-fri = ["09:00-17:00"] }')
    found: dict[int, Intervals] = {}
    for field in table:
        intervals = _intervals(table, field)
        first, _, last = field.partition("-")
        if first not in DAYS or (last or first) not in DAYS:
            table.add(field, "bad-day", name=field, hint=suggestion(field, DAYS))
            continue
        day = DAYS.index(first)
        while True:
            if day in found:
                table.add(field, "day-twice", name=DAYS[day])
            found[day] = intervals
            if DAYS[day] == (last or first):
                break
            day = (day + 1) % 7
    return tuple(found.get(day, ()) for day in range(7))


def _closed(section: Section) -> tuple[tuple[date, date], ...]:
    found: list[tuple[date, date]] = []
    for index, text in enumerate(section.texts("closed") or ()):
        first, _, last = text.partition("/")
        days = _date(first), _date(last or first)
        if days[0] is None or days[1] is None or days[1] < days[0]:
            section.book.add((*section.path, "closed", index), "bad-date", name=text)
        else:
            found.append((days[0], days[1]))
    return tuple(found)


def _open(section: Section) -> dict[date, Intervals]:
    table = section.table("open")
    found: dict[date, Intervals] = {}
    for field in table:
        intervals, day = _intervals(table, field), _date(field)
        if day is None:
            table.add(field, "bad-date", name=field)
        else:
            found[day] = intervals
    return found


def _intervals(table: Section, field: str) -> Intervals:
    found: list[Interval] = []
    for index, text in enumerate(table.texts(field) or ()):
        match = _INTERVAL.fullmatch(text.strip())
        times = [int(part) for part in match.groups() if part is not None] if match else [0, 0, 0, 0]
        begins, ends = times[0] * 60 + times[1], times[2] * 60 + times[3]
        if begins == ends:
            table.book.add((*table.path, field, index), "bad-interval", name=text)
        else:
            found.append(Interval(begins, ends if ends > begins else ends + DAY))
    return tuple(sorted(found))


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip()) if len(text.strip()) == 10 else None
    except ValueError:
        return None
