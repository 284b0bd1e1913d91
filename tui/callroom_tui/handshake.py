"""Which packets of TCP's beginning and end have passed, as far as the socket's operations tell (RFC 9293).

Nobody sees the packets themselves here: a `connect` that has returned has sent SYN and ACK and was given
SYN-ACK (section 3.5), `recv` that gives b"" has met a FIN (3.6), and the kernel's state tells the rest
(figure 5). What no event says does not count as passed.
"""

from enum import Enum

from callroom_client.events import Began, Ended, Event, KernelSeen, Outcome, SocketOpened, Verb


class Step(Enum):
    """A packet, as seen from here."""

    SYN = "SYN"
    SYN_ACK = "SYN-ACK"
    ACK = "ACK"
    OUR_FIN = "FIN"
    OUR_FIN_ACKED = "FIN acked"
    THEIR_FIN = "their FIN"
    RESET = "RST"


class Handshake:
    """The steps of the connection that stands, or of the last one."""

    def __init__(self) -> None:
        self.steps: frozenset[Step] = frozenset()

    def apply(self, event: Event) -> None:
        """Takes in one event; what does not concern the steps is passed over."""
        match event:
            case Began(verb=Verb.CONNECT):
                self.steps = frozenset({Step.SYN})
            case Began(verb=Verb.SHUTDOWN):
                self.steps |= {Step.OUR_FIN}
            case Ended(verb=Verb.CONNECT, outcome=Outcome.DONE) | SocketOpened():
                self.steps |= {Step.SYN, Step.SYN_ACK, Step.ACK}
            case Ended(outcome=Outcome.REFUSED | Outcome.RESET):
                self.steps |= {Step.RESET}
            case Ended(verb=Verb.RECV, outcome=Outcome.CLOSED):
                self.steps |= {Step.THEIR_FIN}
            case KernelSeen(state=state):
                if state in ("FIN_WAIT2", "TIME_WAIT"):
                    self.steps |= {Step.OUR_FIN, Step.OUR_FIN_ACKED}
                if state in ("CLOSE_WAIT", "LAST_ACK", "CLOSING", "TIME_WAIT"):
                    self.steps |= {Step.THEIR_FIN}
            case _:
                pass
