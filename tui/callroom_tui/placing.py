"""Places and people as rows of the lists beside the transcript."""

from collections.abc import Mapping

from callroom_client.model.model import Model
from callroom_client.model.place import Person, Place
from callroom_tui import texts
from callroom_tui.lines import shown
from callroom_tui.widgets.listing import Item
from callroom_words.words import Lang

STATES = {"here": "●", "away": "◐", "lost": "○"}
"""A sign for each state of a person, told apart without colours."""
OTHER_STATE = "?"
"""The sign for a state that a newer house may know."""
BADGE_MOST = 999
"""A badge has room for three digits."""
NO_PLACE = "\n"
"""Begins the keys of rows that are no place one is in: a room of the house to enter."""


def places(model: Model, lang: Lang) -> list[Item]:
    """The call, the rooms one is in, the direct conversations, and the other rooms of the house."""
    everything = ordered(model)
    items = [Item("", texts.CALL.say(lang), style="heading", heading=True)]
    items += [_item(place, lang) for place in everything if not place.name]
    rooms = [_item(place, lang) for place in everything if place.room]
    known = {place.name for place in everything}
    rooms += [
        Item(
            f"{NO_PLACE}{room.room}", shown(room.room), "+", f"{room.people}" if room.people else "", "quiet"
        )
        for room in model.rooms.values()
        if room.room not in known
    ]
    if rooms:
        items += [Item("", texts.ROOMS.say(lang), style="heading", heading=True), *rooms]
    direct = [place for place in everything if place.direct]
    if direct:
        items.append(Item("", texts.DIRECT.say(lang), style="heading", heading=True))
        items += [_item(place, lang) for place in direct]
    return items


def ordered(model: Model) -> list[Place]:
    """The places in the order in which they stand in the list: Alt+1 is the first."""
    everything = model.places
    return [
        *(place for place in everything if not place.name),
        *(place for place in everything if place.room and (place.joined or place.entries)),
        *(place for place in everything if place.direct),
    ]


def _item(place: Place, lang: Lang) -> Item:
    if not place.name:
        return Item("", texts.HOTLINE.say(lang), "☎", _badge(place), "robot")
    style = "plain" if place.joined or place.direct else "lost"
    if place.direct:
        return Item(place.name, shown(place.name[1:]), "@", _badge(place), style)
    return Item(place.name, shown(place.name), "#", _badge(place), style)


def _badge(place: Place) -> str:
    if not place.unread:
        return ""
    count = f"{place.unread}" if place.unread <= BADGE_MOST else f"{BADGE_MOST}+"
    return f"@{count}" if place.mentions else count


def people(found: Mapping[str, Person], me: str, lang: Lang) -> list[Item]:
    """Who is here: first who is at home, then who is away, then who is lost or otherwise, each by name."""
    order = {state: at for at, state in enumerate(STATES)}
    rows = sorted(
        found.values(), key=lambda person: (order.get(person.state, len(order)), person.name.casefold())
    )
    return [
        Item(
            person.name,
            shown(f"{person.name} – {person.note}" if person.note else person.name)
            + (f" {texts.YOU.say(lang)}" if person.name == me else ""),
            STATES.get(person.state, OTHER_STATE),
            "",
            "name" if person.state == "here" else "lost",
        )
        for person in rows
    ]
