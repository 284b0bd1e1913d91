"""What an `ask` or a `rate` asks for: the name that a value is kept under, and the form it has to fit."""

from __future__ import annotations

import msgspec

from callroom_forms.form import Form
from callroom_forms.reading import value_of
from callroom_menus.asides import Asides
from callroom_menus.model import Line
from callroom_menus.turn import Turn

DEFAULT_TEXT = 500
"""Characters of a text without `max`."""
MAX_ALSO = 100
"""Words that are taken besides; where there are more, no form is told, and the house alone judges."""
MAX_HINT = 200
"""Characters of a hint; a longer one is not told."""


class Slot(msgspec.Struct, frozen=True, gc=False):
    """What is asked for; `hint` is what the menu says there of an entry that does not fit."""

    name: str
    form: Form
    mask: bool = False
    hint: Line | None = None

    def read(self, entry: str) -> str | None:
        """The value in this entry; None if there is none."""
        return value_of(self.form, entry)

    def advising(self, hint: Line) -> Slot:
        """The same with what its node says of an entry that does not fit."""
        return msgspec.structs.replace(self, hint=hint)

    def label(self, key: str) -> str | None:
        """What a key of a choice means; None if there is no such key, or this is no choice."""
        return self.form.options.get(key)

    @property
    def hidden(self) -> bool:
        """Whether it is not even shown while it is typed: a phone number is, so that it can be checked."""
        return self.mask and self.form.kind != "phone"

    def told(self, turn: Turn, asides: Asides, besides: frozenset[str] = frozenset()) -> Form | None:
        """The form as a caller's program is told it: with all that is taken here just now.

        Args:
            besides: what is taken besides the asides.
        """
        also = sorted(asides.words(turn) | besides)
        hint = "" if self.hint is None else self.hint.filled(turn).text
        if len(also) > MAX_ALSO:
            return None
        return msgspec.structs.replace(self.form, also=also, hint=hint if len(hint) <= MAX_HINT else "")
