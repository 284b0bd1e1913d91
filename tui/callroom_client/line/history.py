"""What was typed, kept from one time to the next: not more than so much, and for nobody else to read."""

import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from prompt_toolkit.history import FileHistory

MOST_BYTES = 256 * 1024
"""Of a longer file the newer half is kept."""


class Remembering(FileHistory):
    """A file of lines; where it cannot be written, the lines of this time are all there is."""

    def __init__(self, file: Path) -> None:
        with suppress(OSError):
            file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            os.close(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600))
            os.chmod(file, 0o600)
            if file.stat().st_size > MOST_BYTES:
                _shorten(file)
        super().__init__(str(file))

    def load_history_strings(self) -> Iterable[str]:
        """The lines of earlier times, the newest first."""
        try:
            return list(super().load_history_strings())
        except OSError:
            return []

    def store_string(self, string: str) -> None:
        """Appends a line to the file."""
        with suppress(OSError):
            super().store_string(string)


def _shorten(file: Path) -> None:
    """Each entry begins with a line `# time`, and its own lines with `+`."""
    kept = file.read_bytes()[-MOST_BYTES // 2 :]
    start = kept.find(b"\n# ")
    shorter = file.with_name(file.name + ".new")
    handle = os.open(shorter, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    with os.fdopen(handle, "wb") as out:
        out.write(kept[start:] if start >= 0 else b"")
    os.replace(shorter, file)
