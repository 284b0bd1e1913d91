"""The command palette: everything there is to do, and every place there is to go to."""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import NamedTuple

from rich.text import Text
from textual.command import CommandPalette, DiscoveryHit, Hit, Hits, Provider
from textual.fuzzy import FuzzySearch

from callroom_client.commands import TABLE
from callroom_tui import texts
from callroom_tui.actions import ACTS
from callroom_tui.lines import shown
from callroom_tui.placing import ordered
from callroom_tui.saying import figure, mode
from callroom_tui.screens.chat import ChatScreen
from callroom_tui.widgets.timeouts import PRESETS, TIMED
from callroom_words.words import Lang


class Palette(CommandPalette):
    """The palette over the chat."""

    def __init__(self, lang: Lang) -> None:
        super().__init__(placeholder=texts.PALETTE.say(lang), id="--command-palette")


class Offer(NamedTuple):
    """A row of the palette: its name, more about it, and the action that it runs."""

    name: str
    words: str
    action: str


def offers(chat: ChatScreen) -> Iterator[Offer]:
    """What the palette has for a chat."""
    for act in ACTS:
        if act.palette:
            yield Offer(f"{act.word.say(chat.lang)}  ({act.shown})", act.words.say(chat.lang), act.action)
    for index, place in enumerate(ordered(chat.model)):
        name = shown(place.name) or texts.HOTLINE.say(chat.lang)
        yield Offer(f"→ {name}", shown(place.topic), f"place({index})")
    # While a secret is asked for, what begins with a slash may belong to it.
    for command in () if chat.model.where.secret else TABLE.commands:
        # A command that needs more is written for the person to go on with.
        action = f"write('/{command.name} ')" if command.arguments else f"command('/{command.name}')"
        yield Offer(command.usage.say(chat.lang), command.text.say(chat.lang), action)
    for verb in TIMED:
        for at, preset in enumerate(PRESETS):
            name = f"settimeout: {verb.value} {figure(preset)}"
            yield Offer(name, mode(preset).say(chat.lang), f"timeout('{verb.value}', {at})")


class Commands(Provider):
    """Finds them, as `Text`: a `str` would be taken for markup, and names and topics come from strangers."""

    async def discover(self) -> Hits:
        """All of them."""
        chat = self.screen
        if isinstance(chat, ChatScreen):
            for offer in offers(chat):
                run = partial(_run, chat, offer.action)
                yield DiscoveryHit(_row(offer), run, text=offer.name)

    async def search(self, query: str) -> Hits:
        """Those whose name or words have the letters of `query` in them, in this order."""
        chat = self.screen
        if not isinstance(chat, ChatScreen):
            return
        fuzzy, found = FuzzySearch(), False
        for offer in offers(chat):
            score, letters = fuzzy.match(query, offer.name)
            score = score or fuzzy.match(query, offer.words)[0] / 2
            if score:
                found = True
                run = partial(_run, chat, offer.action)
                yield Hit(score, _row(offer, letters), run, text=offer.name)
        if not found:
            words = texts.NO_COMMAND.say(chat.lang)
            yield Hit(1, Text(words, "dim not bold"), partial(_run, chat, ""), text=query)


def _row(offer: Offer, letters: Sequence[int] = ()) -> Text:
    text = Text(offer.name)
    for at in letters:
        text.stylize("underline", at, at + 1)
    return text.append(f"\n{offer.words}", "dim not bold") if offer.words else text


def _run(chat: ChatScreen, action: str) -> None:
    """Runs an action of the chat, once the palette has gone."""
    if action:
        chat.call_later(chat.run_action, action)
