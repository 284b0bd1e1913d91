"""The menus that ship with Callroom."""

from importlib.resources import files
from pathlib import Path


def library() -> tuple[str, ...]:
    """The names of the shipped menus, sorted."""
    return tuple(sorted(file.stem for file in _folder().glob("*.toml")))


def shipped(name: str, kind: str = "toml") -> Path:
    """The file of a shipped menu: `toml` for the menu, `chat` for its transcripts.

    Raises:
        KeyError: no such menu ships.
    """
    if name not in library():
        raise KeyError(name)
    return _folder() / f"{name}.{kind}"


def _folder() -> Path:
    return Path(str(files("callroom_menus").joinpath("library")))
