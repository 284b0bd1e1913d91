"""Alt with a digit and Alt+Enter, which Textual 8.2 takes for `¡` and for Enter.

A terminal sends Alt as an ESC before the key (xterm's metaSendsEscape). Textual's table turns ESC and a digit
into what a Mac's option key writes, and knows no ESC CR; both tables are exported nowhere, and the range of
versions in pyproject.toml is narrow for such reasons. The journey in a pseudo-terminal proves that it works.
"""

from textual._ansi_sequences import ANSI_SEQUENCES_KEYS
from textual.keys import Keys


def keep_alt() -> None:
    """Lets Alt+1 to Alt+9 come as `alt+1` to `alt+9`, and Alt+Enter as `ctrl+j`, which begins a new line."""
    if not isinstance(ANSI_SEQUENCES_KEYS, dict):
        raise AssertionError("Textual's table of keys is no dict any longer")
    for digit in "0123456789":
        ANSI_SEQUENCES_KEYS.pop(f"\x1b{digit}", None)
    ANSI_SEQUENCES_KEYS["\x1b\r"] = (Keys.ControlJ,)
