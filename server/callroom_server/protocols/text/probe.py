"""Which encoding a terminal reads: told by how far a sample moves its cursor, or by whoever reads it."""

from callroom_server.codecs.encodings import ENCODINGS
from callroom_server.protocols.text.formats import wire
from callroom_server.protocols.text.phrases import DoorReader

PROBE_SECONDS = 2.0
"""What a terminal has to answer in; it does so at once, so this is the way there and back."""

ANSWERING = (
    "alacritty", "foot", "gnome", "iterm", "kitty", "konsole", "linux", "putty", "rxvt", "screen", "st-",
    "tmux", "vt1", "vt2", "vt3", "vt4", "vt5", "wezterm", "xterm",
)  # fmt: skip
"""How the names of terminals begin that are known to report where the cursor stands (ECMA-48, DSR 6)."""

SAMPLE = "你好".encode()
"""Two wide characters in UTF-8, four columns. Read as GBK or GB18030 they are three, 浣犲ソ, six columns.

No byte of it is a C1 control, which a terminal of another encoding might obey.
"""

COLUMNS = {5: "utf-8", 7: "gbk"}
"""Where the cursor stands behind the sample, and what the terminal reads then."""

PROBE = SAMPLE + b"\x1b[6n\r\x1b[K"
"""Shows the sample at the left of a free line, asks for the cursor's place (CPR), and clears the line."""


def answers(terminal: str) -> bool:
    """Whether a terminal of this name is known to answer."""
    return terminal.startswith(ANSWERING)


def read_as(column: int, encoding: str) -> str:
    """What a terminal reads whose cursor stands there, of what it can be; "" if that cannot be told.

    GB18030, if chosen before, stays: both count the same columns.
    """
    found = COLUMNS.get(column, "")
    return encoding if found == "gbk" and encoding != "utf-8" else found


def samples() -> bytes:
    """A line in each encoding, each telling how to choose it."""
    say = DoorReader("zh").say
    return b"".join(wire(say("encoding_sample", encoding=each) + "\n", each) for each in ENCODINGS)
