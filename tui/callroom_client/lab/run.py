"""An experiment in a thread of its own: bounded in time, to be cancelled, and nothing is left of it."""

import threading
from collections.abc import Callable, Mapping

from callroom_client.lab.parameters import Values
from callroom_client.lab.recorder import EndedError, LabError, Recorder
from callroom_client.lab.steps import Finished, Told
from callroom_client.lab.table import EXPERIMENTS
from callroom_words.words import Words

MOST_SECONDS = 20.0
"""So long an experiment may take; then it is ended like one that a person ends."""

ENDED = Words("ended before its time", "已提前结束")
TOO_SLOW = Words("ended: it took longer than {seconds} s", "已结束：超过 {seconds} 秒")
TOO_MUCH = Words("ended: more calls than the lab keeps", "已结束：调用次数超过实验室的上限")
FAILED = Words("the system did not allow it: {why}", "系统不允许：{why}")


class Run:
    """One experiment, from start to end; it can be run once.

    Args:
        name: of the experiment.
        given: its parameters as they were typed.
        listen: is told each step, on the experiment's threads, one at a time; at last `Finished`.

    Raises:
        ParameterError: a parameter does not fit; nothing has begun.
    """

    def __init__(
        self,
        name: str,
        given: Mapping[str, str],
        listen: Callable[[Told], object],
        most_seconds: float = MOST_SECONDS,
    ) -> None:
        self._experiment = EXPERIMENTS[name]
        self._values = Values(self._experiment.parameters, given)
        self._listen = listen
        self._recorder = Recorder(listen)
        self._thread = threading.Thread(target=self._run, name="lab", daemon=True)
        self._timer = threading.Timer(most_seconds, self._late)
        self._timer.daemon = True
        self._seconds = most_seconds
        self._slow = False

    def start(self) -> None:
        """Begins."""
        self._timer.start()
        self._thread.start()

    def cancel(self) -> None:
        """Ends it, wherever it waits; `Finished` is still told."""
        self._recorder.cancel()

    def join(self, seconds: float | None = None) -> bool:
        """Waits for its end; whether it has ended."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def _late(self) -> None:
        self._slow = True
        self._recorder.cancel()

    def _run(self) -> None:
        found: tuple[Words, ...] = ()
        problem: Words | None = None
        try:
            found = self._experiment.run(self._recorder, self._values)
        except EndedError:
            problem = TOO_SLOW.fill(seconds=f"{self._seconds:g}") if self._slow else ENDED
        except LabError:
            problem = TOO_MUCH
        except OSError as fault:
            problem = FAILED.fill(why=fault.strerror or str(fault))
        finally:
            self._timer.cancel()
            self._recorder.close()
        self._listen(Finished(found, problem))
