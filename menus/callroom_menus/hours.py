"""Hours: when a desk is open, by weekday, with holidays and make-up days, in its own time zone.

    [hours.desk]
    tz = "Asia/Shanghai"
    week = { mon-fri = ["08:00-12:00", "13:30-20:00"], sat-sun = ["09:00-17:00"] }
    closed = ["2026-10-01/2026-10-07"]
    open = { 2026-10-10 = ["08:00-18:00"] }

A day has the hours of `open` if it is there, else none if it is `closed`, else those of its weekday. An
interval may run over midnight (`22:00-06:00`); it belongs to the day that it begins on.
"""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec

from callroom_menus.texts import Texts

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY = 24 * 60  # minutes


class Interval(msgspec.Struct, frozen=True, order=True):
    """From one minute of the day to another; past `DAY` it ends on the next."""

    begins: int
    ends: int

    def __str__(self) -> str:
        return f"{_clock(self.begins)}-{_clock(self.ends if self.ends <= DAY else self.ends - DAY)}"


Intervals = tuple[Interval, ...]


class Hours(msgspec.Struct, frozen=True):
    """The hours of one desk: seven weekdays from Monday, closed days (first, last), and days of their own."""

    name: str
    tz: ZoneInfo
    week: tuple[Intervals, ...]
    closed: tuple[tuple[date, date], ...]
    open: dict[date, Intervals]

    def on(self, day: date) -> Intervals:
        """The intervals that begin on this day."""
        own = self.open.get(day)
        if own is not None:
            return own
        if any(first <= day <= last for first, last in self.closed):
            return ()
        return self.week[day.weekday()]

    def open_at(self, now: float) -> bool:
        """Whether it is open at this time (Unix seconds)."""
        local = datetime.fromtimestamp(now, self.tz)
        today, minute = local.date(), local.hour * 60 + local.minute
        if any(one.begins <= minute < one.ends for one in self.on(today)):
            return True
        yesterday = today - timedelta(days=1)
        return any(minute + DAY < one.ends for one in self.on(yesterday))

    def told(self, texts: Texts) -> str:
        """The week in words: days with the same hours together, closed days left out."""
        runs: list[tuple[int, int]] = []
        for day in range(7):
            if runs and self.week[day] == self.week[day - 1]:
                runs[-1] = runs[-1][0], day
            else:
                runs.append((day, day))
        parts: list[str] = []
        for first, last in runs:
            if self.week[first]:
                days = texts.days[first]
                if last > first:
                    days = texts.days_from.format(first=days, last=texts.days[last])
                parts.append(f"{days} {texts.list_sign.join(map(str, self.week[first]))}")
        return texts.part_sign.join(parts) or texts.never_open


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"
