"""A backlog that fills up: clients connect while nobody accepts, until the kernel leaves one waiting."""

from callroom_client.lab.experiments.parties import listening
from callroom_client.lab.parameters import Number, Parameter, Values
from callroom_client.lab.recorder import Recorded, Recorder
from callroom_client.lab.steps import Side
from callroom_words.words import Words

PARAMETERS: tuple[Parameter, ...] = (
    Number("backlog", Words("listen(…)", "listen(…)"), "2", 0, 16),
    Number("callers", Words("clients", "客户端个数"), "5", 1, 16),
    Number("timeout", Words("time-out (ms)", "超时（毫秒）"), "150", 10, 1000),
)
FULL = Words(
    "listen({backlog}): {done} connections stood before anybody accepted (Linux keeps one more than asked).",
    "listen({backlog})：还没有人 accept，就有 {done} 个连接已经建立（Linux 比要求的多留一个）。",
)
LATE = Words(
    "{late} clients stayed in {state}: their SYN was dropped, connect_ex gave {error} after its time-out.",
    "{late} 个客户端停在 {state}：它们的 SYN 被丢弃，connect_ex 在超时后返回 {error}。",
)
NO_LATE = Words("Nobody was left waiting: call more clients.", "没有人被挡在外面：多来几个客户端试试。")
ROOM = Words(
    "After one accept there was room again: the next connect succeeded at once.",
    "accept 一次之后又有了位置：下一次 connect 立即成功。",
)
NO_ROOM = Words(
    "Even after one accept a new connect was not answered in time.",
    "accept 一次之后，新的 connect 仍未及时得到回应。",
)


def run(lab: Recorder, values: Values) -> tuple[Words, ...]:
    """They call one after the other; then one is accepted, and one more calls."""
    backlog, callers = values.number("backlog"), values.number("callers")
    listener, address = listening(lab, backlog)
    late: list[tuple[Recorded, int]] = []
    clients: list[Recorded] = []

    def call(who: str) -> int:
        client = lab.open(Side.CLIENT, who)
        clients.append(client)
        client.settimeout(values.seconds("timeout"))
        number = client.connect_ex(address)
        if number:
            late.append((client, number))
        return number

    for turn in range(1, callers + 1):
        call(f"client {turn}")
    found = [FULL.fill(backlog=backlog, done=callers - len(late))]
    if not late:
        found.append(NO_LATE)
    else:
        client, _ = late[0]
        state = lab.settled(client, "SYN_SENT")
        found.append(LATE.fill(late=len(late), state=state, error="EAGAIN"))
        for one, _ in late:  # else their next SYN, after a second, takes the place that becomes free
            one.close()
        listener.accept("conn 1")
        found.append(NO_ROOM if call("one more") else ROOM)
    for one in clients:
        if one.sock.fileno() >= 0:
            one.close()
    listener.close()
    return tuple(found)
