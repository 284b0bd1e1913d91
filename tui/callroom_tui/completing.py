"""What Tab offers: commands, and after them what may stand there; elsewhere people, rooms, menu words."""

from collections.abc import Iterable, Sequence

from callroom_client.model.model import Model
from callroom_tui.commands import TABLE
from callroom_wire.command import SLASHES, Argument, Kind
from callroom_words.words import Lang

SECONDS = ("none", "0", "0.2", "1", "2.5", "5", "10")
MOST = 200
"""So many candidates are offered; more would be no help."""


def candidates(before: str, model: Model, lang: Lang) -> Sequence[str]:
    """What the text before the cursor may become, each as a whole."""
    head, _, word = before.rpartition(" ")
    stem = f"{head} " if head else ""
    if before.startswith(SLASHES) and not before.startswith("//"):
        return _matching(stem, word, _of_command(before, head, model, lang))
    if not word:
        return ()
    words = [*_people(model), *(f"#{name}" for name in _rooms(model))]
    if not model.here.name and not model.call.ended:
        words = [*(choice.label for choice in model.call.choices), *words]
    return _matching(stem, word, (f"{one} " for one in words))


def _of_command(before: str, head: str, model: Model, lang: Lang) -> Iterable[str]:
    if not head:
        slash = before[0]
        return [f"{slash}{command.name} " for command in TABLE.commands] + [
            f"{slash}{also} " for command in TABLE.commands for also in command.also if not also.isascii()
        ]
    words = head.split()
    command = TABLE.find(words[0][1:])
    if command is None or not command.arguments:
        return ()
    place = min(len(words) - 1, len(command.arguments) - 1)
    return [f"{one} " for one in _fitting(command.arguments[place], model, lang)]


def _fitting(argument: Argument, model: Model, lang: Lang) -> Iterable[str]:
    for kind in argument.kinds:
        match kind:
            case Kind.ROOM:
                yield from _rooms(model)
            case Kind.PERSON:
                yield from _people(model)
            case Kind.DIRECT:
                yield from (f"@{name}" for name in _people(model))
            case Kind.COMMAND:
                yield from (command.name for command in TABLE.commands)
            case Kind.MENU:
                yield from model.menus
            case Kind.LANGUAGE:
                yield from ("en", "zh")
            case Kind.SWITCH:
                yield from ("on", "off")
            case Kind.SECONDS:
                yield from SECONDS
            case Kind.WORD:
                yield from (fixed.say(lang) for fixed in argument.fixed)
            case Kind.ENCODING | Kind.NUMBER | Kind.CODE | Kind.TEXT:
                pass


def _rooms(model: Model) -> list[str]:
    joined = [place.name for place in model.places if place.room]
    return list(dict.fromkeys([*joined, *model.rooms]))


def _people(model: Model) -> list[str]:
    here = list(model.here.people)
    direct = [place.name[1:] for place in model.places if place.direct]
    return [name for name in dict.fromkeys([*here, *direct, *model.house]) if name != model.name]


def _matching(stem: str, word: str, words: Iterable[str]) -> list[str]:
    folded = word.casefold()
    return [
        stem + one
        for one in dict.fromkeys(words)
        if one.casefold().startswith(folded) or one.lstrip("#@").casefold().startswith(folded)
    ][:MOST]
