"""The lessons: the systems of the socket tutorial, each a file here with its lines in this table."""

from collections.abc import Callable
from typing import NamedTuple

from callroom_server.protocols.lab import command, legitimacy, robot, sticky, upper
from callroom_server.protocols.lesson import Lab, Listen, Talk
from callroom_wire.address import Address
from callroom_words.words import Words


class Lesson(NamedTuple):
    """A line of the table.

    Args:
        scheme: of its URL over TCP; `+unix` is the same over a Unix socket.
        shows: what there is to be seen.
        talk: opens it for streams. Raises `LessonError` if an option of the URL is wrong.
        listen: opens it for datagrams; then the scheme is one over UDP.
        options: what its URL takes: names, and a value that would do.
        port: where `callroom lab` opens it.
    """

    scheme: str
    shows: Words
    talk: Callable[[Lab, Address], Talk] | None
    listen: Callable[[Lab, Address], Listen] | None
    options: dict[str, str]
    port: int


LESSONS: tuple[Lesson, ...] = (
    Lesson(
        upper.SCHEME,
        Words("many clients at once on one thread", "一个线程同时服务许多客户端"),
        upper.over_stream,
        None,
        upper.OPTIONS,
        8000,
    ),
    Lesson(
        f"{upper.SCHEME}+udp",
        Words(
            "one datagram in, one out: no connection, no order", "一个数据报进，一个出：没有连接，也没有顺序"
        ),
        None,
        upper.over_datagrams,
        upper.OPTIONS,
        8000,
    ),
    Lesson(
        robot.SCHEME,
        Words("the 10086 hotline over a bare socket", "裸套接字上的 10086 热线"),
        robot.over_stream,
        None,
        robot.OPTIONS,
        8888,
    ),
    Lesson(
        sticky.SCHEME,
        Words("sticky packets: a stream has no messages", "粘包：字节流里没有消息的边界"),
        sticky.over_stream,
        None,
        sticky.OPTIONS,
        8002,
    ),
    Lesson(
        sticky.FRAMED,
        Words("the cure: a length before each message", "解决办法：每条消息前写明长度"),
        sticky.over_stream,
        None,
        sticky.OPTIONS,
        8003,
    ),
    Lesson(
        command.SCHEME,
        Words("remote commands, with the length of the answer first", "远程执行命令，先发长度再发结果"),
        command.over_stream,
        None,
        command.OPTIONS,
        8001,
    ),
    Lesson(
        f"{command.SCHEME}+udp",
        Words("remote commands in datagrams: a long answer is cut", "用数据报执行命令：结果太长就被截断"),
        None,
        command.over_datagrams,
        command.OPTIONS,
        8001,
    ),
    Lesson(
        legitimacy.SCHEME,
        Words("only a client that knows the key is served", "只服务知道密钥的客户端"),
        legitimacy.over_stream,
        None,
        legitimacy.OPTIONS,
        9999,
    ),
)
"""In the order of the tutorial; a test compares it with this folder."""

BY_SCHEME: dict[str, Lesson] = {lesson.scheme: lesson for lesson in LESSONS} | {
    f"{lesson.scheme}+unix": lesson for lesson in LESSONS if lesson.talk is not None
}
"""Every scheme of a lesson."""
