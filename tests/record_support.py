"""What the tests of figures and replays share: calls with a menu, recorded as the server records them."""

from collections.abc import Iterable

from callroom_menus import NEW, Input, Log, Lookup, LookupDone, LookupMissing, Menus, Start, Text, step
from callroom_menus.record import Turn

BEGAN = 1_767_229_200.0


def recorded(menus: Menus, name: str, *entries: str | Input) -> list[Turn]:
    """The turns of a call in which this was entered or happened, a second apart."""
    state, turns, ticket = NEW, list[Turn](), 0
    inputs = [Start(), *(Text(entry) if isinstance(entry, str) else entry for entry in entries)]
    version, menu = menus.first().hash, menus.first().id
    for second, happened in enumerate(inputs):
        if isinstance(happened, LookupDone):
            happened = LookupDone(ticket, happened.row)
        elif isinstance(happened, LookupMissing):
            happened = LookupMissing(ticket)
        state, effects = step(menus, state, happened, BEGAN + second)
        for effect in effects:
            if isinstance(effect, Lookup):
                ticket = effect.ticket
            if isinstance(effect, Log):
                over = not state.frames
                turns.append(
                    Turn(
                        name,
                        effect.at,
                        menu,
                        version,
                        effect.node,
                        effect.what,
                        effect.entry,
                        effect.menu,
                        over,
                    )
                )
    return turns


def together(*calls: Iterable[Turn]) -> list[Turn]:
    """Calls at the same time, as they lie in a record."""
    return sorted((turn for call in calls for turn in call), key=lambda turn: turn.at)
