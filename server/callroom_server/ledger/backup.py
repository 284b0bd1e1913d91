"""Backup and restore: a consistent copy of a ledger while its server runs, and a folder made from one."""

import errno
import os
import shutil
import sqlite3
import time
from pathlib import Path

from callroom_server.core.ledger import LedgerError
from callroom_server.ledger.database import LEDGER_FILE, LOCK_FILE, FolderLock, connect_to_read, reason_of
from callroom_server.ledger.verify import verify

SUFFIX = ".callroom"


def backup(folder: Path, target: Path) -> Path:
    """Copies the ledger in `folder` to a file, or into a folder under a name made from the time (UTC).

    The copy is of one moment, also while a server runs; it appears under its name only when it is whole and
    on the disk. Copying a folder's files by hand gives neither.

    Returns:
        The backup file.

    Raises:
        LedgerError: there is no ledger, the target exists, or the copy failed; nothing is left behind then.
    """
    source = folder / LEDGER_FILE
    if not source.is_file():
        raise LedgerError(f"there is no ledger in {folder}")
    if target.is_dir():
        target = target / time.strftime(f"callroom-%Y%m%dT%H%M%SZ{SUFFIX}", time.gmtime())
    if target.exists():
        raise LedgerError(f"{target} exists and is not overwritten; choose another name")
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        os.close(os.open(part, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
        try:
            _copy(source, part)
            _sync(part)
            _name(part, target)
            _sync(target.parent)
        finally:
            part.unlink(missing_ok=True)
    except FileExistsError as error:
        raise LedgerError(f"{error.filename2 or error.filename} exists and is not overwritten") from error
    except sqlite3.Error as error:
        raise LedgerError(f"the backup to {target} failed: {reason_of(error)}") from error
    except OSError as error:
        raise LedgerError(f"the backup to {target} failed: {error.strerror}") from error
    return target


def restore(archive: Path, folder: Path) -> None:
    """Makes a ledger's folder from a backup, which is verified first. The folder must not exist, or be empty.

    The folder appears whole or not at all.

    Raises:
        LedgerError: the backup is not sound, the folder is in use or not empty, or the copy failed.
    """
    _refuse_used(folder)
    report = verify(archive)
    if not report.sound:
        raise LedgerError(f"{archive} is not restored, because it is damaged: {report.problems[0]}")
    part = folder.with_name(f".{folder.name}.{os.getpid()}.part")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        part.mkdir(mode=0o700)
        try:
            os.close(os.open(part / LEDGER_FILE, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
            _copy(archive if archive.is_file() else archive / LEDGER_FILE, part / LEDGER_FILE)
            _sync(part / LEDGER_FILE)
            _sync(part)
            os.rename(part, folder)  # rename(2) replaces an empty folder and refuses any other
            _sync(folder.parent)
        finally:
            shutil.rmtree(part, ignore_errors=True)
    except sqlite3.Error as error:
        raise LedgerError(f"restoring to {folder} failed: {reason_of(error)}") from error
    except OSError as error:
        raise LedgerError(f"restoring to {folder} failed: {error.strerror}") from error


def _refuse_used(folder: Path) -> None:
    if not folder.exists():
        return
    if not folder.is_dir():
        raise LedgerError(f"{folder} is not a folder")
    if (folder / LOCK_FILE).exists():
        FolderLock(folder).release()  # says by whom it is in use
    if any(folder.iterdir()):
        raise LedgerError(f"{folder} is not empty; restore to a new folder, then change them over")


def _copy(source: Path, target: Path) -> None:
    """One step, so that what is committed meanwhile does not start it again; 350 MB take about a second."""
    reading = connect_to_read(source)
    try:
        writing = sqlite3.connect(target, isolation_level=None)
        try:
            reading.backup(writing)
            writing.execute("PRAGMA journal_mode = DELETE")  # one file, without a WAL beside it
        finally:
            writing.close()
    finally:
        reading.close()


def _name(part: Path, target: Path) -> None:
    try:
        os.link(part, target)  # unlike a rename, it fails when somebody else was quicker
    except PermissionError:  # EPERM: a file system without links (link(2)), such as a memory stick's
        if target.exists():
            raise FileExistsError(errno.EEXIST, "exists", str(target)) from None
        part.rename(target)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
