"""A ledger in a process of its own, to be killed: writes `counter seq` to stdout for each durable line.

Arguments: the folder, the first counter, how many, how many at once wait for their answer, and how many index
rows wait to be filed.
"""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from queue import SimpleQueue

from callroom_server.core.ledger import LedgerState, Outcome, Record, Refusal
from callroom_server.ledger.limits import LedgerLimits
from callroom_server.ledger.sqlite import SqliteLedger

DEVICE = 7
STREAM = "room/a"
LINE = b'{"type":"said","by":"x","at":1,"text":"line"}'


class Teller:
    """Writes what is durable to stdout, a batch at a time."""

    def __init__(self) -> None:
        self.answered = 0
        self.live = False

    def restore(self, snapshot: bytes) -> None:
        pass

    def committed(self, records: list[Record]) -> None:
        if self.live:
            self._tell([(record.counter, record.seq) for record in records])

    def refused(self, refusals: list[Refusal]) -> None:
        assert all(refusal.outcome is Outcome.DUPLICATE for refusal in refusals), refusals
        self._tell([(refusal.counter, refusal.seq) for refusal in refusals])

    def ledger_changed(self, state: LedgerState, reason: str) -> None:
        self.live = True

    def _tell(self, answers: list[tuple[int, int]]) -> None:
        self.answered += len(answers)
        os.write(1, b"".join(b"%d %d\n" % answer for answer in answers))


def main(folder: str, first: int, count: int, window: int, unfiled_rows: int) -> None:
    calls: SimpleQueue[Callable[[], None]] = SimpleQueue()
    teller = Teller()
    ledger = SqliteLedger(Path(folder), calls.put, LedgerLimits(unfiled_rows=unfiled_rows))
    ledger.open(teller)
    submitted = 0
    while teller.answered < count:
        while submitted < min(count, teller.answered + window):
            assert ledger.submit(STREAM, LINE, DEVICE, first + submitted)
            submitted += 1
        ledger.tick()
        calls.get()()
    ledger.close(5)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]), int(sys.argv[5]))
