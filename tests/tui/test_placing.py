"""Places and people as rows: their order, their badges, and that no name can hurt a row."""

from callroom_client.model import PlaceChosen
from callroom_tui.placing import BADGE_MOST, NO_PLACE, ordered, people, places
from callroom_wire import messages as m
from client_support import Watched


def house() -> Watched:
    """Someone in two rooms and a conversation, of a house with three rooms."""
    watched = Watched()
    watched.hears(m.LoggedIn(name="bob"))
    for room in ("kitchen", "lobby"):
        watched.hears(m.Joined(place=room, head=0, people=["bob", "alice"]))
    watched.hears(m.Told(pair=("alice", "bob"), seq=1, at=1, by="alice", text="psst"))
    listed = [m.RoomInfo(room="attic\x1b[2J", people=3), m.RoomInfo(room="lobby", people=2)]
    watched.hears(m.RoomsListed(rooms=listed, ref=1))
    return watched


def test_the_call_comes_first_then_rooms_then_people_then_rooms_to_enter() -> None:
    model = house().model
    items = places(model, "en")
    assert [item.key for item in items if not item.heading] == [
        "", "kitchen", "lobby", f"{NO_PLACE}attic�[2J", "@alice"
    ]  # fmt: skip
    assert [place.name for place in ordered(model)] == ["", "kitchen", "lobby", "@alice"]
    assert all("\x1b" not in item.label for item in items)
    assert next(item for item in items if item.key.startswith(NO_PLACE)).badge == "3"


def test_what_is_unread_is_counted_and_a_mention_marked() -> None:
    watched = house()
    model = watched.model
    watched.happens(PlaceChosen(at=1, place="kitchen"))

    def badge(key: str) -> str:
        return next(item.badge for item in places(model, "en") if item.key == key)

    assert badge("@alice") == "@1"
    for seq in range(1, 5):
        watched.hears(m.Said(room="lobby", seq=seq, at=1, by="alice", text="hello"))
    assert badge("lobby") == "4"
    watched.hears(m.Said(room="lobby", seq=5, at=1, by="alice", text="bob: hello"))
    assert badge("lobby") == "@5"
    for seq in range(6, BADGE_MOST + 3):
        watched.hears(m.Said(room="lobby", seq=seq, at=1, by="alice", text="hello"))
    assert badge("lobby") == f"@{BADGE_MOST}+"
    watched.happens(PlaceChosen(at=1, place="lobby"))


def test_who_is_here_comes_before_who_is_away_or_lost() -> None:
    watched = house()
    watched.hears(
        m.Present(room="lobby", came=["Zoë", "amy", "carl"], lost=["amy"], away={"carl": "tea\x9b"})
    )
    lobby = watched.model.place("lobby")
    assert lobby is not None
    rows = people(lobby.people, "bob", "en")
    assert [(row.sign, row.key) for row in rows] == [
        ("●", "alice"), ("●", "bob"), ("●", "Zoë"), ("◐", "carl"), ("○", "amy")
    ]  # fmt: skip
    assert next(row.label for row in rows if row.key == "bob") == "bob (you)"
    assert next(row.label for row in rows if row.key == "carl").startswith("carl – tea")
    assert all("\x9b" not in row.label for row in rows)
