"""Flood control by delay: a token bucket that may go into debt, which is paid by waiting."""

from callroom_server.config.limits import Limits


class Bucket:
    """One session's allowance of messages: `flood_burst` at once, then `flood_per_second`, and bytes
    likewise.

    Each message is handled at once and its cost taken; when the allowance is spent, `charge` says for how
    long nothing more is to be read from this session. `debt_since` is when the session began to be slowed
    without a pause in between.
    """

    __slots__ = ("_at", "_bytes", "_messages", "debt_since", "told")

    def __init__(self, limits: Limits, now: float) -> None:
        self._at = now
        self._messages = float(limits.flood_burst)
        self._bytes = float(limits.flood_burst_bytes)
        self.debt_since: float | None = None
        self.told = False

    def charge(self, limits: Limits, now: float, size: int, messages: int = 1) -> float:
        """Takes messages of `size` bytes together; the seconds until more may be read, 0 for none."""
        passed = now - self._at
        self._at = now
        self._messages = min(limits.flood_burst, self._messages + passed * limits.flood_per_second)
        self._messages -= messages
        self._bytes = (
            min(limits.flood_burst_bytes, self._bytes + passed * limits.flood_bytes_per_second) - size
        )
        wait = max(
            -self._messages / limits.flood_per_second, -self._bytes / limits.flood_bytes_per_second, 0.0
        )
        if wait <= 0:
            if self._messages > limits.flood_burst / 2 and self._bytes > limits.flood_burst_bytes / 2:
                self.debt_since, self.told = None, False
        elif self.debt_since is None:
            self.debt_since = now
        return wait

    def full(self, limits: Limits, now: float) -> bool:
        """Whether enough time has passed that a new bucket would be no fuller: then this one may go."""
        passed = now - self._at
        return (
            self._messages + passed * limits.flood_per_second >= limits.flood_burst
            and self._bytes + passed * limits.flood_bytes_per_second >= limits.flood_burst_bytes
        )
