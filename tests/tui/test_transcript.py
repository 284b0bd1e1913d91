"""The transcript: what is seen of a hundred thousand lines, and that nothing in a line can do anything."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import pytest
from rich.cells import cell_len
from textual.geometry import Offset
from textual.pilot import Pilot

from callroom_tui.drawing import marked
from callroom_tui.lines import Line, link
from callroom_tui.rowmap import RowMap
from callroom_tui.widgets.transcript import Transcript
from screen_support import NOON, Frame, chatter, made, raw_of, rows_of, seen_of, text_of, until

LINES = chatter(1500)


@asynccontextmanager
async def shown(width: int, height: int, *lines: Line) -> AsyncGenerator[tuple[Pilot[None], Transcript]]:
    def make() -> Transcript:
        return Transcript(wall=lambda: NOON)

    async with Frame(make).run_test(size=(width, height)) as pilot:
        transcript = pilot.app.query_one(Transcript)
        transcript.extend(lines)
        await pilot.pause()
        await whole(pilot, transcript)
        yield pilot, transcript


async def whole(pilot: Pilot[None], transcript: Transcript) -> None:
    await until(pilot, lambda: transcript.map.complete, "the layout is complete")
    await pilot.pause()


async def test_it_shows_time_name_and_text_and_writes_a_name_once_for_lines_in_a_row() -> None:
    lines = [
        made(1, NOON, "alice", "你好"),
        made(2, NOON + 5, "alice", "在吗"),
        made(3, NOON + 9, "鲍勃", "在"),
        made(4, NOON + 70, "", "carol came", "note"),
    ]
    async with shown(60, 8, *lines) as (pilot, _):
        rows = [row.rstrip() for row in rows_of(pilot.app)]
        assert rows[2].endswith("alice │ 你好")
        assert rows[3].strip() == "│ 在吗"
        assert rows[4].endswith("鲍勃 │ 在")
        assert rows[5].endswith("· carol came")
        assert "today" in rows[1]


async def test_it_stays_at_the_newest_line_through_every_size() -> None:
    async with shown(100, 20, *LINES, made(9000, NOON + 20_000, "z", "LAST")) as (pilot, transcript):
        for size in ((60, 15), (120, 30), (30, 8), (100, 20)):
            await pilot.resize_terminal(*size)
            await whole(pilot, transcript)
            rows = rows_of(pilot.app)
            assert "LAST" in rows[-1], (size, rows)
            assert all(cell_len(row) == size[0] for row in rows)


async def test_a_reader_keeps_their_line_through_a_resize_and_new_lines() -> None:
    async with shown(100, 20, *LINES) as (pilot, transcript):
        transcript.go_to(700)
        await pilot.pause()
        top = transcript.map.locate(transcript.scroll_offset.y + transcript.map.base)[0]
        await pilot.resize_terminal(70, 20)
        await whole(pilot, transcript)
        assert abs(transcript.map.locate(transcript.scroll_offset.y + transcript.map.base)[0] - top) <= 1
        before = seen_of(pilot.app)
        transcript.extend(chatter(10))
        await pilot.pause()
        assert seen_of(pilot.app) == before
        assert transcript.below == 10
        transcript.focus()
        await pilot.press("end")
        await until(pilot, lambda: transcript.below == 0)
        assert transcript.following


async def test_older_lines_come_in_above_without_moving_the_reader() -> None:
    async with shown(80, 12, *LINES[700:]) as (pilot, transcript):
        transcript.go_to(3)
        await pilot.pause()
        before = seen_of(pilot.app)[5:]
        transcript.splice(0, 0, LINES[:700])
        await whole(pilot, transcript)
        assert seen_of(pilot.app)[5:] == before
        assert transcript.lines == LINES


async def test_the_oldest_lines_go_and_the_reader_stays() -> None:
    async with shown(80, 12, *LINES[:990]) as (pilot, transcript):
        transcript.go_to(900)
        await pilot.pause()
        before = seen_of(pilot.app)
        transcript.splice(0, 100, [])
        transcript.extend(LINES[990:1100])
        await pilot.pause()
        assert transcript.lines == LINES[100:1100]
        assert seen_of(pilot.app) == before


async def test_a_hole_in_the_middle_is_filled_without_moving_the_reader() -> None:
    hole = made(0, NOON, "", "...", "note")
    async with shown(80, 12, *LINES[:300], hole, *LINES[400:]) as (pilot, transcript):
        for reading, moved in ((900, True), (100, False)):
            transcript.go_to(reading)
            await pilot.pause()
            before = seen_of(pilot.app)
            transcript.splice(300, 1, LINES[300:400] if moved else [LINES[300]])
            await pilot.pause()
            assert seen_of(pilot.app) == before
        assert transcript.map.height == laid(transcript)


def laid(transcript: Transcript) -> int:
    """The height of the same lines, laid out by themselves."""
    fresh = RowMap()
    fresh.lines = list(transcript.lines)
    fresh.start(transcript.map.width, len(fresh.lines), len(fresh.lines))
    return fresh.height


async def test_marks_change_in_place() -> None:
    async with shown(60, 8, made(1, NOON, "bob", "hi", "mine")) as (pilot, transcript):
        transcript.extend([made(-1, NOON + 1, "bob", "again", "mine", "pending")])
        await pilot.pause()
        assert "… again" in text_of(pilot.app)
        transcript.splice(1, 1, [made(2, NOON + 1, "bob", "again", "mine", "sent")])
        await pilot.pause()
        assert "✓ again" in text_of(pilot.app)
        transcript.splice(1, 1, [made(-1, NOON + 1, "bob", "again", "mine", "failed")])
        await pilot.pause()
        assert "✗ again" in text_of(pilot.app)


async def test_the_line_of_what_is_new_stays_until_it_is_taken_away() -> None:
    async with shown(60, 10, *LINES[:30]) as (pilot, transcript):
        transcript.mark_unread(28)
        await pilot.pause()
        assert any("─ new ─" in row for row in rows_of(pilot.app))
        assert not transcript.unread_above
        transcript.extend(LINES[30:60])
        await pilot.pause()
        assert transcript.unread_above
        assert transcript.go_to_unread()
        await pilot.pause()
        assert any("─ new ─" in row for row in rows_of(pilot.app))
        height = transcript.map.height
        transcript.mark_unread(0)
        assert transcript.map.height == height - 1
        assert not transcript.go_to_unread()


async def test_words_are_found_and_marked_whatever_their_case() -> None:
    async with shown(80, 10, *LINES) as (pilot, transcript):
        hits = transcript.find("TIMEOUT")
        assert hits == [at for at, line in enumerate(LINES) if "timeout" in line.text]
        transcript.show_hit(hits[0])
        await pilot.pause()
        assert "timeout" in text_of(pilot.app)
        assert transcript.find("") == []


async def test_a_selection_is_copied_as_one_would_write_it() -> None:
    long = "很长的中文消息" * 8
    lines = [
        made(1, NOON, "a", "第一条消息"),
        made(2, NOON, "b", f"{long} and then some words"),
        made(3, NOON, "c", "third"),
    ]
    async with shown(50, 12, *lines) as (pilot, transcript):
        transcript.text_select_all()
        await pilot.pause()
        assert pilot.app.screen.get_selected_text() == (
            f"a: 第一条消息\nb: {long} and then some words\nc: third"
        )
        pilot.app.screen.clear_selection()
        await pilot.mouse_down(offset=Offset(16, 3))
        await pilot.hover(offset=Offset(30, 4))
        await pilot.mouse_up(offset=Offset(30, 4))
        await pilot.pause()
        copied = pilot.app.screen.get_selected_text()
        assert copied
        assert copied in long


async def test_only_links_of_the_web_are_followed() -> None:
    class Listening(Frame):
        def on_transcript_followed(self, event: Transcript.Followed) -> None:
            self.heard.append(event.url)

    text = "see https://example.org/a?b=1. or file:///etc/passwd or javascript://x"
    app = Listening(Transcript)
    async with app.run_test(size=(100, 6)) as pilot:
        app.query_one(Transcript).extend([made(1, NOON, "a", text)])
        await pilot.pause()
        row = next(at for at, found in enumerate(rows_of(app)) if "example" in found)
        for word in ("example", "passwd", "javascript"):
            await pilot.click(offset=Offset(rows_of(app)[row].index(word), row))
        await pilot.pause()
    assert app.heard == ["https://example.org/a?b=1"]


def test_a_link_that_looks_like_another_house_is_none() -> None:
    for text in (
        "https://bank.example@evil.example/login",
        "http://me:secret@host/",
        "https://\u0430pple.com",
    ):
        assert not list(link(text)), text
    assert [found[0] for found in link("https://host/@me?a@b")] == ["https://host/@me?a@b"]


async def test_a_link_that_wraps_is_one_on_each_of_its_rows() -> None:
    class Listening(Frame):
        def on_transcript_followed(self, event: Transcript.Followed) -> None:
            self.heard.append(event.url)

    url = "https://example.org/" + "very/long/" * 9 + "end"
    app = Listening(Transcript)
    async with app.run_test(size=(60, 9)) as pilot:
        app.query_one(Transcript).extend([made(1, NOON, "a", f"请看 {url} ，谢谢")])
        await pilot.pause()
        places = [(at, row.index("│ ") + 3) for at, row in enumerate(rows_of(app)) if "very" in row]
        assert len(places) > 2
        for row, column in places:
            await pilot.click(offset=Offset(column + 4, row))
        last = next(at for at, row in enumerate(rows_of(app)) if "谢谢" in row)
        await pilot.click(offset=Offset(rows_of(app)[last].index("谢谢"), last))
        await pilot.pause()
    assert app.heard == [url] * len(places)


async def test_only_what_was_said_is_marked_and_also_where_it_wraps() -> None:
    text = "很长的中文消息" * 4
    async with shown(50, 8, made(1, NOON, "12:00", text)) as (pilot, transcript):

        def marks(needle: str) -> str:
            rows = [marked(row, text, needle, "match") for row in transcript.rows_of(0)]
            return "".join(part.text for row in rows for part in row.parts if part.style == "match")

        await pilot.pause()
        assert len(transcript.rows_of(0)) > 3
        assert marks("息很长") == "息很长" * 3
        assert marks("12:00") == ""


HOSTILE = [
    "[red]a[/red] [@click=app.quit]x[/] [/] [b]",
    "\x1b[2J\x1b]52;c;AAAA\x07\x9b2J\x90q\x9c\x00\x7f",
    "\u202eevil\u2066\u2069 \u200f \ud800 \ufffe",
    "a\r\n\x0bb\x85c\u2028d",
    "e" + "\u0301" * 500,
]


@pytest.mark.parametrize("text", HOSTILE)
async def test_hostile_text_does_nothing(text: str) -> None:
    async with shown(80, 14, made(1, NOON, text, text)) as (pilot, _):
        raw = raw_of(pilot.app)
        seen = "".join(rows_of(pilot.app))
        assert not set(seen) & {*map(chr, [*range(32), *range(127, 160), *range(0x202A, 0x202F)]), "\u2066"}
        assert "\x1b]" not in raw
        if "[red]" in text:
            assert "[@click=app.quit]x[/]" in seen
        await pilot.click(offset=Offset(40, 3))
        assert pilot.app.is_running
