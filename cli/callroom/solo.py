"""`callroom` alone: joins the house that answers here, or opens one for as long as one is inside."""

import os
import re
import select
import socket
import stat
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import IO

import platformdirs

from callroom_wire.codec import decode_reply, encode
from callroom_wire.errors import WireError
from callroom_wire.frames import FrameDecoder
from callroom_wire.messages import Hello, Welcomed
from callroom_words.words import Words, preferred

DEFAULT = ("127.0.0.1", 8888)
"""Where `callroom serve` listens if nobody says otherwise, and where others reach a house opened here."""

KNOCK_SECONDS = 2.0
"""A house on this machine says welcome within a moment; whoever does not is none."""

OPEN_SECONDS = 30.0
"""A house with much to read at its start may take so long until it listens."""

LEAVE_SECONDS = 8.0
"""On leaving, the house has so long to end in order (`drain_seconds` and a little); then it is killed."""

OPENING = Words("Opening a house here ...", "正在本机开张……")
NOT_OPENED = Words(
    "callroom: no house could be opened here; its log says:\n{log}\nAll of it: {file}",
    "callroom：无法在本机开张；日志如下：\n{log}\n完整日志：{file}",
)
NO_FOLDER = Words(
    "callroom: {folder} has to be a folder of your own alone, and is not ({why}): remove it, name one in "
    "XDG_RUNTIME_DIR, or start `callroom serve`",
    "callroom：{folder} 须是仅属于您的文件夹（{why}）：请删除它，或用 XDG_RUNTIME_DIR 另选，"
    "或运行 callroom serve",
)


def solo(argv: list[str]) -> int:
    """Opens the client on a house of this machine; without a terminal it only serves. The exit code."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        # Here, for whoever comes to talk need not wait for a server to be loaded.
        from callroom_server.cli.serve import serve

        return serve(argv)
    from callroom_tui.main import chat as client  # which is the line client where there can be no screen

    lang = preferred(os.environ)
    folder = runtime_folder()
    try:
        make_private(folder)
    except OSError as error:
        print(NO_FOLDER.say(lang, folder=str(folder), why=error.strerror or str(error)), file=sys.stderr)
        return 1
    path = folder / "solo.sock"
    if url := answering(path):
        return client([url])
    house = Embedded(path, platformdirs.user_log_path("callroom") / "solo.log")
    try:
        print(OPENING.say(lang), flush=True)
        if house.open():
            return client([f"unix://{path}"])
        if url := answering(path):  # somebody was quicker
            return client([url])
        print(NOT_OPENED.say(lang, log=house.said(), file=str(house.log)), file=sys.stderr)
        return 1
    finally:
        house.close()


def runtime_folder() -> Path:
    """Where this person's sockets live: what the system keeps for that, or beside what programs remember."""
    given = os.environ.get("XDG_RUNTIME_DIR")
    return Path(given) / "callroom" if given else platformdirs.user_state_path("callroom") / "run"


def make_private(folder: Path) -> None:
    """Makes the folder, open to nobody else: whoever may write there could stand in for the house.

    Raises:
        OSError: it cannot be made, or is somebody else's.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = folder.stat(follow_symlinks=False)
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
        raise PermissionError(1, "it is somebody else's")
    folder.chmod(0o700)


def answering(path: Path) -> str:
    """The URL of a house that answers here, one opened by `callroom` alone first; empty if none does."""
    if speaks_frames(socket.AF_UNIX, str(path)):
        return f"unix://{path}"
    host, port = DEFAULT
    return f"tcp://{host}:{port}" if speaks_frames(socket.AF_INET, DEFAULT) else ""


def speaks_frames(family: int, address: str | tuple[str, int]) -> bool:
    """Whether a Callroom says welcome there."""
    decoder = FrameDecoder()
    with socket.socket(family, socket.SOCK_STREAM) as sock:
        sock.settimeout(KNOCK_SECONDS)
        deadline = time.monotonic() + KNOCK_SECONDS
        with suppress(OSError, WireError):
            sock.connect(address)
            sock.sendall(encode(Hello(client="callroom")))
            while time.monotonic() < deadline and (data := sock.recv(4096)):
                if bodies := list(decoder.feed(data)):
                    return isinstance(decode_reply(bodies[0]), Welcomed)
    return False


class Embedded:
    """A house as a child process. It ends with us, however we end: it serves until its stdin does.

    Args:
        path: of its Unix socket.
        log: the file for what it logs, which on our terminal would be in the way.
    """

    def __init__(self, path: Path, log: Path) -> None:
        self.log = log
        self._path = path
        self._process: subprocess.Popen[bytes] | None = None
        self._begin = 0

    def open(self) -> bool:
        """Starts it, and waits until it listens; false when it does not."""
        self.log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        listen = [f"unix://{self._path}"]
        if is_free(DEFAULT):
            listen.append("tcp://{}:{}".format(*DEFAULT))
        argv = [sys.executable, "-m", "callroom.main", "serve", "--until-eof"]
        for url in listen:
            argv += ["--listen", url]
        with self.log.open("ab") as log:
            self._begin = log.tell()
            # A session of its own: Ctrl-C at our terminal is for the client, not for the house.
            self._process = subprocess.Popen(
                argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, start_new_session=True
            )
        assert self._process.stdout is not None
        return until_listening(self._process.stdout, len(listen))

    def said(self) -> str:
        """What it logged."""
        with self.log.open("rb") as log:
            log.seek(self._begin)
            return log.read().decode("utf-8", "backslashreplace").strip()

    def close(self) -> None:
        """Ends it in order, or after a while anyhow."""
        process, self._process = self._process, None
        if process is None:
            return
        with process:
            assert process.stdin is not None
            with suppress(BrokenPipeError):
                process.stdin.close()
            try:
                process.wait(LEAVE_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()


def is_free(address: tuple[str, int]) -> bool:
    """Whether one could listen there; by the rules that the house itself listens by."""
    with socket.socket() as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            sock.bind(address)
            sock.listen()
        except OSError:
            return False
        return True


def until_listening(stdout: IO[bytes], listeners: int) -> bool:
    """Reads what a house prints until all its listeners are there; false when it ends before, or dawdles."""
    deadline = time.monotonic() + OPEN_SECONDS
    said = b""
    while len(re.findall(rb"^listening \S+\n", said, re.MULTILINE)) < listeners:
        if not select.select([stdout], [], [], max(0.0, deadline - time.monotonic()))[0]:
            return False
        data = os.read(stdout.fileno(), 4096)
        if not data:
            return False
        said += data
    return True
