"""What the line client remembers from one time to the next: a small file among the person's settings."""

import os
import tempfile
from pathlib import Path

import msgspec
import platformdirs

FILE = "line.json"


class Remembered(msgspec.Struct, frozen=True):
    """What a person has chosen. `lang` "": what the environment says."""

    instant: bool = True
    bell: bool = True
    lang: str = ""


def default_file() -> Path:
    """Where it is, by the custom of this system."""
    return platformdirs.user_config_path("callroom") / FILE


def load(file: Path) -> tuple[Remembered, str]:
    """What was chosen, and why that could not be read, if it could not."""
    try:
        return msgspec.json.decode(file.read_bytes(), type=Remembered), ""
    except FileNotFoundError:
        return Remembered(), ""
    except OSError as error:
        return Remembered(), f"{file}: {error.strerror}"
    except msgspec.MsgspecError as error:
        return Remembered(), f"{file}: {error}"


def save(file: Path, remembered: Remembered) -> str:
    """Writes it down, whole or not at all; why it could not be, if it could not."""
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=FILE, dir=file.parent)
        try:
            with os.fdopen(handle, "wb") as out:
                out.write(msgspec.json.format(msgspec.json.encode(remembered)) + b"\n")
            os.replace(name, file)
        except OSError:
            os.unlink(name)
            raise
    except OSError as error:
        return f"{file}: {error.strerror}"
    return ""
