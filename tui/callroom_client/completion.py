"""What may stand where the cursor is: commands, rooms, people, menu words. Pure: the model and a line in."""

from collections.abc import Iterable, Iterator

import msgspec

from callroom_client.commands import TABLE
from callroom_client.model import Model
from callroom_wire.command import SLASHES, Argument, Command, Kind
from callroom_words.words import Lang

TIMEOUTS = ("none", "0", "0.2", "1", "2.5", "5", "10")


class Suggestion(msgspec.Struct, frozen=True):
    """`text` may stand in place of the last `replaces` characters; `about` says what it is."""

    text: str
    replaces: int
    about: str = ""


def suggestions(line: str, model: Model, lang: Lang) -> list[Suggestion]:
    """What may stand at the end of a line, the likeliest first."""
    if line.startswith(SLASHES) and not line.startswith("//"):
        word, space, rest = line[1:].partition(" ")
        if not space:
            return _commands(word, lang)
        command = TABLE.find(word)
        return _arguments(command, rest, model, lang) if command is not None else []
    return list(_words(line, model))


def _commands(word: str, lang: Lang) -> list[Suggestion]:
    found: dict[str, Suggestion] = {}
    low = word.lower()
    for command in TABLE.commands:
        spelled = [one for one in (command.name, *command.also) if one.startswith(low)]
        if spelled:
            found[spelled[0]] = Suggestion(spelled[0], len(word), command.text.say(lang))
    return list(found.values())


def _arguments(command: Command[object], rest: str, model: Model, lang: Lang) -> list[Suggestion]:
    if not command.arguments:
        return []
    words = rest.split(" ")
    index = min(len(words), len(command.arguments)) - 1
    argument = command.arguments[index]
    last = words[-1]
    if Kind.TEXT in argument.kinds and index == len(command.arguments) - 1 and not argument.fixed:
        return list(_names(last, model)) if last else []
    low = last.lower()
    candidates = dict.fromkeys(_candidates(argument, model, lang))
    return [Suggestion(one, len(last)) for one in candidates if one.lower().startswith(low)]


def _candidates(argument: Argument, model: Model, lang: Lang) -> Iterator[str]:
    for kind in argument.kinds:
        match kind:
            case Kind.ROOM:
                yield from (place.name for place in model.places if place.room)
                yield from model.rooms
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
                yield from TIMEOUTS
            case Kind.WORD:
                yield from (words.say(lang) for words in argument.fixed)
            case _:
                pass


def _people(model: Model) -> Iterable[str]:
    """Everybody one might mean: those here first, then those elsewhere; never oneself."""
    known = dict.fromkeys(model.here.people)
    for place in model.places:
        known |= dict.fromkeys(place.people)
        if place.direct:
            known[place.name[1:]] = None
    known |= dict.fromkeys(model.house)
    known.pop(model.name, None)
    return known


def _words(line: str, model: Model) -> Iterator[Suggestion]:
    """In a call what the robot would understand; elsewhere names."""
    if not model.current and not model.call.ended:
        low = line.lower()
        for choice in model.call.choices:
            if low and choice.label.lower().startswith(low):
                yield Suggestion(choice.label, len(line), choice.key)
        return
    last = line.rpartition(" ")[2]
    if last:
        yield from _names(last, model)


def _names(word: str, model: Model) -> Iterator[Suggestion]:
    at = "@" if word.startswith("@") else ""
    low = word.removeprefix("@").lower()
    for name in _people(model):
        if name.lower().startswith(low):
            yield Suggestion(at + name, len(word))
