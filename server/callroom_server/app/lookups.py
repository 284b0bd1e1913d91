"""Look-ups of the robot: a row of a table, or the answer of an address, within the source's limits."""

from collections.abc import Mapping
from pathlib import Path

from callroom_menus.sources import Source
from callroom_menus.tables import Row, SourceFailed, Table
from callroom_server.app.asking import ask
from callroom_server.core.effects import LookupJob


class Lookups:
    """Every source of the operator's menus and of those that ship. `find` blocks: it is for workers."""

    def __init__(self, sources: Mapping[str, tuple[Source, Path]]) -> None:
        self._sources = {name: source for name, (source, _) in sources.items()}
        self._tables = {
            name: Table(folder / source.file, source)
            for name, (source, folder) in sources.items()
            if source.kind == "csv"
        }

    def find(self, job: LookupJob) -> Row | None:
        """The row, or None if there is none.

        Raises:
            SourceFailed: the source is not there, down, slow, too big or malformed.
        """
        source = self._sources.get(job.source)
        if source is None:
            raise SourceFailed(f"{job.source}: there is no such source")
        table = self._tables.get(job.source)
        return table.find(job.key) if table is not None else ask(source, source.address(job.key, job.args))
