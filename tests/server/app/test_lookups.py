"""Look-ups of the house: each source where it lies, and those that are not there."""

from pathlib import Path

import pytest

from callroom_menus.sources import Source
from callroom_menus.tables import SourceFailed
from callroom_server.app.lookups import Lookups
from callroom_server.core.effects import LookupJob


def test_each_table_is_found_in_its_own_folder(tmp_path: Path) -> None:
    sources: dict[str, tuple[Source, Path]] = {}
    for name in ("ours", "theirs"):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "rows.csv").write_text(f"phone,whose\n138,{name}\n")
        sources[name] = Source(name, "csv", file="rows.csv", key="phone", max_bytes=100), folder
    lookups = Lookups(sources)
    assert lookups.find(LookupJob("ours", "138", {})) == {"phone": "138", "whose": "ours"}
    assert lookups.find(LookupJob("theirs", "138", {})) == {"phone": "138", "whose": "theirs"}
    assert lookups.find(LookupJob("theirs", "139", {})) is None


def test_a_source_that_is_not_there_is_told() -> None:
    with pytest.raises(SourceFailed, match="bills: there is no such source"):
        Lookups({}).find(LookupJob("bills", "1", {}))
