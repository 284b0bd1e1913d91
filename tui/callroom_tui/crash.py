"""A crash report: a file that says what happened, and a line that says where it is."""

import os
import platform
import sys
import time
import traceback
from collections.abc import Iterator
from pathlib import Path

import platformdirs

from callroom_words.words import Words

CRASHED = Words(
    "Callroom's screen has stopped on a fault of its own. What is needed to mend it is in\n  {path}\n"
    "(no message and no name is in it). Unsent lines are kept: start again with  callroom chat",
    "Callroom 界面因自身错误而停止。修复所需的信息在\n  {path}\n"
    "（其中没有任何消息和姓名）。未发送的内容已保存，请重新运行  callroom chat",
)
UNWRITTEN = Words(
    "Callroom's screen has stopped on a fault of its own: {fault}",
    "Callroom 界面因自身错误而停止：{fault}",
)


def report(error: BaseException, folder: Path | None = None) -> Words:
    """Writes the report, for its owner alone, and says where it is.

    It holds the traceback, and those of what led to it, without values: what people said stays with them.
    """
    # Deferred: it takes 13 ms and 2 MB to import, for what should never be.
    from importlib.metadata import version

    folder = folder or platformdirs.user_state_path("callroom") / "crashes"
    lines = [
        f"Callroom {version('callroom')}, Textual {version('textual')}",
        f"Python {sys.version.split()[0]}, {platform.platform()}",
        time.strftime("%Y-%m-%d %H:%M:%S %z"),
        "",
    ]
    lines += _trace(error)
    path = folder / f"{time.strftime('crash-%Y%m%d-%H%M%S')}-{os.getpid()}.txt"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(descriptor, "w", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")
    except OSError:
        return UNWRITTEN.fill(fault=type(error).__name__)
    return CRASHED.fill(path=str(path))


def _trace(error: BaseException) -> Iterator[str]:
    """The frames and the type of an error, and before them those of what led to it."""
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if cause is not None:
        yield from _trace(cause)
        yield "which led to:"
    for frame in traceback.extract_tb(error.__traceback__):
        yield f"{frame.filename}:{frame.lineno} in {frame.name}\n    {frame.line}"
    yield type(error).__name__
