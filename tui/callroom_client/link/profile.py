"""Where a client keeps what must survive it: a file for each server and name, a process for each file."""

import fcntl
import hashlib
import os
import re
from pathlib import Path

import platformdirs

from callroom_words.words import Words

MOST_AT_ONCE = 16
"""So many clients of one person may call one server under one name at once; each has a file of its own."""


_UNWRITABLE = Words("{file}: {why}: choose a folder you may write to", "{file}：{why}：请选择可写的目录")
_IN_USE = Words(
    "{file}: another client is using this profile: end it, or choose another profile",
    "{file}：另一个客户端正在使用它：请先结束那个客户端，或另选一个",
)
_TOO_MANY = Words(
    "{count} clients are calling {url} already: end one of them",
    "已有 {count} 个客户端连接 {url}：请结束其中一个",
)


class ProfileError(Exception):
    """The file cannot be had; the words say why, and what to do."""

    def __init__(self, words: Words) -> None:
        super().__init__(words.en)
        self.words = words


class Profile:
    """A file that is this process's alone until `close`.

    Raises:
        ProfileError: another client has it, or the folder is not to be written to.
    """

    def __init__(self, file: Path) -> None:
        self.file = file
        try:
            file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            # Its mode is right before anything is in it, and stays for what SQLite puts beside it.
            os.close(os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
            os.chmod(file, 0o600)
            self._lock = os.open(
                file.with_name(file.name + ".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600
            )
        except OSError as error:
            raise ProfileError(
                _UNWRITABLE.fill(file=str(error.filename or file), why=error.strerror or str(error))
            ) from error
        try:
            # flock(2) belongs to the open file: the kernel gives it back however we end.
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(self._lock)
            raise ProfileError(_IN_USE.fill(file=str(file))) from error

    def close(self) -> None:
        """Another process may have it."""
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1


def default_folder() -> Path:
    """Where profiles are if nobody says otherwise: a program's state, by the custom of this system."""
    return platformdirs.user_state_path("callroom") / "clients"


def claim(url: str, name: str, folder: Path) -> Profile:
    """The first profile of this server and name that no other client is using.

    Raises:
        ProfileError: all of them are in use, or none can be written.
    """
    readable = re.sub(r"[^a-z0-9.]+", "-", url.partition("?")[0].lower()).strip("-")[:60]
    mark = hashlib.sha256(f"{url}\0{name}".encode("utf-8", "surrogatepass")).hexdigest()[:8]
    for number in range(1, MOST_AT_ONCE + 1):
        file = folder / f"{readable}.{mark}.{number}.db"
        try:
            return Profile(file)
        except ProfileError as error:
            if not isinstance(error.__cause__, BlockingIOError):
                raise
    raise ProfileError(_TOO_MANY.fill(count=MOST_AT_ONCE, url=url))
