"""Transcripts brought up to date: what is expected is rewritten from what the menu says now."""

from __future__ import annotations

from collections.abc import Sequence

from callroom_menus.events import Start, Unaccepted
from callroom_menus.model import Menus
from callroom_menus.reading import normalised
from callroom_menus.simulator import Caller
from callroom_menus.transcript import Exchange, Expected, Transcript, fits, shown


def rewritten(menus: Menus, text: str, transcripts: Sequence[Transcript]) -> str:
    """The text of a `.chat` file as it should be with these menus; `transcripts` are those in the text.

    Comments stay, and so does every expected line that still fits, wildcards and all. A call that comes to an
    input which it does not take cannot be written down, and stays as it was.
    """
    lines = normalised(text).split("\n")
    for transcript in reversed(transcripts):  # from below: the lines above keep their numbers
        blocks = _played(menus, transcript)
        for exchange, block in reversed(blocks):
            _replace(lines, exchange, block)
    return "\n".join(lines)


def _played(menus: Menus, transcript: Transcript) -> list[tuple[Exchange, list[str]]]:
    """The expected lines of each exchange as they should be; none if the call cannot be written down."""
    caller = Caller(menus)
    blocks: list[tuple[Exchange, list[str]]] = []
    for exchange in transcript.exchanges:
        effects = caller.after(exchange.happens)
        if any(isinstance(effect, Unaccepted) for effect in effects):
            return []
        blocks.append(
            (exchange, _block([one for effect in effects for one in shown(effect)], exchange.expected))
        )
    return blocks


def _block(came: list[str], expected: Sequence[Expected]) -> list[str]:
    left = list(expected)
    block: list[str] = []
    for one in came:
        kept = next((index for index, line in enumerate(left) if fits(line, one)), None)
        if kept is None:
            block.append(one.replace("\n", " "))
        else:
            block.append(f"{left[kept].mark} {left[kept].text}")
            left = left[kept + 1 :]
    return block


def _replace(lines: list[str], exchange: Exchange, block: list[str]) -> None:
    """Puts the block where the exchange's expected lines stand: right after what happens, or at the start."""
    first = exchange.line - 1 if isinstance(exchange.happens, Start) else exchange.line
    lines[first : first + len(exchange.expected)] = block
