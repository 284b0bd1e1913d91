"""Retention: the oldest batches go in small steps, and how far each stream and device went is remembered."""

import sqlite3

from callroom_server.ledger.batches import decode_rows

# Never what a restart still has to replay, nor what is not filed, and never the last batch, which says where
# positions go on.
_OLDEST = """SELECT position, at, records FROM batch
    WHERE position <= coalesce((SELECT position FROM snapshot), 0)
    AND position <= (SELECT position FROM filed)
    AND position < (SELECT max(position) FROM batch)
    ORDER BY position LIMIT ?"""


def prune_step(connection: sqlite3.Connection, before_at: int, batches: int) -> bool:
    """Drops at most `batches` of the oldest batches from before `before_at`; False when there are no more.

    It stops at the first batch that is young enough: what is kept has no hole even if the clock went back.
    """
    connection.execute("BEGIN IMMEDIATE")
    try:
        dropped = 0
        rows: list[tuple[int, int, bytes]] = connection.execute(_OLDEST, (batches,)).fetchall()
        for position, at, records in rows:
            if at >= before_at:
                break
            _drop(connection, position, records)
            dropped += 1
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    return dropped == batches


def _drop(connection: sqlite3.Connection, position: int, records: bytes) -> None:
    heads: dict[int, int] = {}
    counters: dict[int, int] = {}
    for stream, seq, device, counter, _ in decode_rows(records):
        heads[stream] = seq
        if counter:
            counters[device] = counter
    connection.executemany(
        "UPDATE stream SET pruned = ? WHERE id = ?", [(seq, n) for n, seq in heads.items()]
    )
    connection.executemany("DELETE FROM span WHERE stream = ? AND last = ?", heads.items())
    connection.executemany("INSERT OR REPLACE INTO device VALUES (?, ?)", counters.items())
    connection.executemany("DELETE FROM origin WHERE device = ? AND last = ?", counters.items())
    connection.execute("DELETE FROM batch WHERE position = ?", (position,))
