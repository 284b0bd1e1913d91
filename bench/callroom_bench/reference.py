"""Figures of other servers under the same load (64-byte texts) on such a machine, none with a ledger.

Also the goals, which hold with the durable ledger on. Keys of FANOUT are (members, senders).
"""

FANOUT: dict[tuple[int, int], dict[str, float]] = {
    (100, 1): {"prototype": 0.26, "InspIRCd": 0.42, "ngIRCd": 0.91, "uvloop": 5.7, "goal": 0.30},
    (500, 1): {"prototype": 0.28, "InspIRCd": 0.66, "ngIRCd": 0.96, "uvloop": 6.0, "goal": 0.30},
    (100, 10): {"prototype": 0.058, "InspIRCd": 0.45, "ngIRCd": 0.45, "uvloop": 5.2, "goal": 0.07},
    (500, 10): {"prototype": 0.042, "InspIRCd": 0.42, "ngIRCd": 0.47, "uvloop": 5.0, "goal": 0.06},
}
"""CPU seconds per million deliveries."""

FANOUT_NAMES = ("prototype", "InspIRCd", "ngIRCd", "uvloop", "goal")

PAIRS = {"InspIRCd": 9.3, "ergo": 23.6, "ngIRCd": 55.0, "goal": 25.0}
"""Microseconds of CPU per message between two people."""

LEDGER_ALONE = {200: (1.0, 2.8), 1_000: (0.75, 1.5), 5_000: (0.34, 1.4), 20_000: (0.76, 3.2)}
"""Milliseconds (p50, p99) to a durable ack from a SQLite writer thread alone, by messages a second."""

IDLE_GOAL_BYTES = 2048
"""Server memory for each idle framed connection."""

ACKS_GOAL = 30_000
"""Durable acks a second, 8 clients of window 32."""

RESTART_GOAL_SECONDS = 1.0
"""From the start of the process to the first login, with 1,000,000 records."""

ENGINE_GOAL = 200_000
"""Engine turns a second on one core, two keys a turn."""

DIALOGUE_GOAL = 20_000
"""Dialogue turns a second over the text door with 200 callers."""

LOAD_GOAL_SECONDS, CHECK_GOAL_SECONDS = 0.3, 1.0
"""A menu of 5,000 nodes."""

MODEL_GOAL = 50_000
"""Events a second into a client's model."""

START_GOAL_MS = 250
"""From the start of `callroom line` to its prompt."""
