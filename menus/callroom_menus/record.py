"""Calls as they were recorded: what the figures and the replays are made of."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec


class Turn(msgspec.Struct, frozen=True, gc=False):
    """One accepted input of a recorded call: an `events.Log` with the call that it belongs to.

    `at` is in Unix seconds. `menu` and `version` (its hash) are of the menu that the call began with;
    `called` is the one that it was in if that was another. `over`: the call ended with this turn.
    """

    call: str
    at: float
    menu: str
    version: str
    node: str
    what: str
    entry: str = ""
    called: str = ""
    over: bool = False

    @property
    def place(self) -> str:
        """The node that the call stood at, with its menu if it was a called one."""
        return f"{self.called}#{self.node}" if self.called else self.node


def calls(turns: Iterable[Turn]) -> dict[str, list[Turn]]:
    """The turns of each call, in the order of the record."""
    found: dict[str, list[Turn]] = {}
    for turn in turns:
        found.setdefault(turn.call, []).append(turn)
    return found
