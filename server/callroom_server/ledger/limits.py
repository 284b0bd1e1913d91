"""Every limit of the ledger with its default, named once."""

import msgspec

from callroom_server.config.limits import Limits

_HOUSE = Limits()

SWITCH_INTERVAL = 0.0005
"""Seconds for `sys.setswitchinterval`: how long a commit waits for a loop that computes (docs/adr/0002)."""

MAX_COUNTER = (1 << 63) - 1
"""The greatest counter of a device: what an SQLite integer holds (https://www.sqlite.org/datatype3.html)."""


class LedgerLimits(msgspec.Struct, frozen=True):
    """What a ledger may hold and how long it waits; times in seconds."""

    queue_records: int = _HOUSE.ledger_queue_rows
    queue_bytes: int = 64 << 20
    batch_records: int = _HOUSE.commit_rows
    unfiled_rows: int = 4_000
    unfiled_records: int = 20_000
    known_streams: int = 50_000
    known_devices: int = 200_000
    busy_timeout: float = 5.0
    probe_every: float = 1.0
    probe_bytes: int = 64 << 10
    prune_batches: int = 32
    index_idle: float = 0.2
    index_patience: float = 1.0
    index_chunk: int = 200
    search_catch_up: int = 5_000
    search_candidates: int = 2_000


DEFAULT_LIMITS = LedgerLimits()
