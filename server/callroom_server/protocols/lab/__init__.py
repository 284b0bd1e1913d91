"""The lessons: the systems of the socket tutorial, each a file here with its lines in this table."""

from collections.abc import Callable
from typing import NamedTuple

from callroom_server.protocols.lab import command, legitimacy, robot, sticky, upper
from callroom_server.protocols.lesson import Lab, Listen, Talk
from callroom_wire.address import Address


class Lesson(NamedTuple):
    """A line of the table; what is to be learnt there, `callroom_lessons` tells.

    Args:
        scheme: of its URL; over streams, `+unix` is the same over a Unix socket.
        options: what its URL takes: names, and a value that would do.
        talk: opens it for streams. Raises `LessonError` if an option of the URL is wrong.
        listen: opens it for datagrams, likewise. A lesson has one of the two.
    """

    scheme: str
    options: dict[str, str]
    talk: Callable[[Lab, Address], Talk] | None = None
    listen: Callable[[Lab, Address], Listen] | None = None


LESSONS: tuple[Lesson, ...] = (
    Lesson(upper.SCHEME, upper.OPTIONS, talk=upper.over_stream),
    Lesson(f"{upper.SCHEME}+udp", upper.OPTIONS, listen=upper.over_datagrams),
    Lesson(robot.SCHEME, robot.OPTIONS, talk=robot.over_stream),
    Lesson(sticky.SCHEME, sticky.OPTIONS, talk=sticky.over_stream),
    Lesson(sticky.FRAMED, sticky.OPTIONS, talk=sticky.over_stream),
    Lesson(command.SCHEME, command.OPTIONS, talk=command.over_stream),
    Lesson(f"{command.SCHEME}+udp", command.OPTIONS, listen=command.over_datagrams),
    Lesson(legitimacy.SCHEME, legitimacy.OPTIONS, talk=legitimacy.over_stream),
)
"""A test compares it with this folder, and with the pages."""

BY_SCHEME: dict[str, Lesson] = {lesson.scheme: lesson for lesson in LESSONS} | {
    f"{lesson.scheme}+unix": lesson for lesson in LESSONS if lesson.talk is not None
}
"""Every scheme of a lesson."""
