import re
import subprocess
import sys
from pathlib import Path

import msgspec

from callroom_server.config.limits import Limits

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
SERVER = ROOT / "server" / "callroom_server"


def test_the_tables_are_those_of_the_code() -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "docs" / "tables.py"), "--check"], capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_every_event_of_the_log_is_explained_and_every_explained_event_is_logged() -> None:
    sources = "".join(file.read_text(encoding="utf-8") for file in SERVER.rglob("*.py"))
    logged = set(re.findall(r'log\.(?:event|failure|line)\(\s*"(\w+\.\w+)"', sources))
    explained = set(re.findall(r"^\| `([a-z]+\.[a-z]+)` \| [a-z, ]+ \|", PAGE, re.MULTILINE))
    assert logged == explained


def test_every_limit_is_obeyed_somewhere() -> None:
    sources = "".join(
        file.read_text(encoding="utf-8") for file in SERVER.rglob("*.py") if file.name != "limits.py"
    )
    sources += (SERVER / "ledger" / "limits.py").read_text(encoding="utf-8")
    named = set(re.findall(r"\w+", sources))
    assert {field.name for field in msgspec.structs.fields(Limits)} <= named
