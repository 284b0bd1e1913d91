"""The menu robot: menus as files, a strict loader, and a pure engine. No I/O but for reading those files."""

from callroom_menus.engine import step
from callroom_menus.events import (
    Effect,
    End,
    EnterRoom,
    Hangup,
    Input,
    Log,
    Option,
    Return,
    Say,
    Silence,
    Start,
    Text,
    Unaccepted,
    Wait,
)
from callroom_menus.loader import load, load_folder, parse
from callroom_menus.model import Menu
from callroom_menus.problems import MenuError, Problem
from callroom_menus.shelf import library, shipped
from callroom_menus.state import ENDED, NEW, Frame, Phase, State

__all__ = [
    "ENDED",
    "NEW",
    "Effect",
    "End",
    "EnterRoom",
    "Frame",
    "Hangup",
    "Input",
    "Log",
    "Menu",
    "MenuError",
    "Option",
    "Phase",
    "Problem",
    "Return",
    "Say",
    "Silence",
    "Start",
    "State",
    "Text",
    "Unaccepted",
    "Wait",
    "library",
    "load",
    "load_folder",
    "parse",
    "shipped",
    "step",
]
