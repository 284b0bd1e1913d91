"""Tables that are searched: found, missing, changed meanwhile, and files that nobody should trust."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from callroom_menus.sources import Source
from callroom_menus.tables import SourceFailed, Table

HEADER = "phone,balance,plan\n"
ROW = {"phone": "138", "balance": "88.60", "plan": "39 元"}

Find = Callable[[str], dict[str, str] | None]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "accounts.csv"


@pytest.fixture
def find(file: Path) -> Find:
    """Searches the file, which need not be there yet."""
    source = Source("accounts", "csv", file=file.name, key="phone", max_bytes=10_000)
    return Table(file, source).find


def test_a_row_is_found_by_its_key_or_there_is_none(file: Path, find: Find) -> None:
    file.write_text(f"{HEADER}138,88.60,39 元\n139,,\n", encoding="utf-8")
    assert find("138") == ROW
    assert find("139") == {"phone": "139", "balance": "", "plan": ""}
    assert find("13") is None


@pytest.mark.parametrize(
    "text",
    [
        "\ufeff" + HEADER + "138,88.60,39 元\n",
        (HEADER + "138,88.60,39 元").replace("\n", "\r\n"),
        HEADER + '\n138,"88.60","39 元"\n\n',
        "plan,phone,balance\n39 元,138,88.60\n",
    ],
    ids=["with a BOM", "from Windows", "quoted, with empty lines", "key in the middle"],
)
def test_whatever_programs_write_as_csv(text: str, file: Path, find: Find) -> None:
    file.write_text(text, encoding="utf-8", newline="")
    assert find("138") == ROW


def test_a_cell_may_hold_commas_quotes_and_lines(file: Path, find: Find) -> None:
    file.write_text(f'{HEADER}138,"1,5","a ""b""\nc"\n')
    assert find("138") == {"phone": "138", "balance": "1,5", "plan": 'a "b"\nc'}


def test_an_empty_key_finds_nothing(file: Path, find: Find) -> None:
    """A slot that was never filled must not find the account of whoever has no number."""
    file.write_text(f"{HEADER},1,x\n")
    assert find("") is None


def test_a_changed_file_is_read_again_and_an_unchanged_one_is_not(file: Path, find: Find) -> None:
    file.write_text(f"{HEADER}138,1,x\n")
    assert find("138") == {"phone": "138", "balance": "1", "plan": "x"}
    kept = find("138")
    assert find("138") is kept
    new = file.with_suffix(".new")
    new.write_text(f"{HEADER}138,2,x\n")
    status = file.stat()
    os.utime(new, ns=(status.st_atime_ns, status.st_mtime_ns))  # of the same size and the same time
    new.replace(file)
    assert find("138") == {"phone": "138", "balance": "2", "plan": "x"}


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", ":1: there is no column phone"),
        (b"number,balance\n1,2\n", ":1: there is no column phone"),
        (b"phone,balance,plan\n138,1\n", ":2: 2 cells where the header has 3"),
        (b"phone,balance,plan\n137,1,x\n138,1,x,y\n", ":3: 4 cells where the header has 3"),
        (b"phone,balance,plan\n138,1,x\n138,2,x\n", ":3: an earlier row has the same phone"),
        (b'phone,balance,plan\n138,"1,x\n', ":2: unexpected end of data"),
        (b'phone,balance,plan\n138,"1"1,x\n', ":2: ',' expected after '\"'"),
        (b"phone,balance,plan\n137,1,x\n138,1,\xd6\xd0\n", ":3: it is not UTF-8"),
        (b"phone\n" + b"1" * 10_000, ": it has more than 10000 bytes"),
    ],
)
def test_a_file_that_is_not_right_in_every_row_is_used_in_none(
    data: bytes, reason: str, file: Path, find: Find
) -> None:
    file.write_text(f"{HEADER}138,1,x\n")
    assert find("138")
    file.write_bytes(data)
    for _ in range(2):  # and what was right before is not used either
        with pytest.raises(SourceFailed) as failed:
            find("138")
        assert str(failed.value) == f"accounts: accounts.csv{reason}"
    file.write_text(f"{HEADER}138,3,x\n")
    assert find("138") == {"phone": "138", "balance": "3", "plan": "x"}


def test_a_file_of_just_the_largest_size_is_read(file: Path, find: Find) -> None:
    head = b"phone,balance\n138,"
    file.write_bytes(head + b"1" * (10_000 - len(head)))
    assert find("138")


def test_what_cannot_be_opened_is_told(file: Path, find: Find) -> None:
    with pytest.raises(SourceFailed, match=r"accounts: accounts.csv: No such file or directory"):
        find("138")
    os.mkfifo(file)  # to open it would be to wait for whoever writes
    with pytest.raises(SourceFailed, match="it is no file"):
        find("138")
    file.unlink()
    file.mkdir()
    with pytest.raises(SourceFailed, match="it is no file"):
        find("138")
