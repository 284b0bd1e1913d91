"""A client as a process of its own, to be killed: says lines in a room, and tells what becomes of them.

Arguments: the URL, the profile, the room, the first number and how many. Prints `ready` once it is in the
room, and waits for a line on stdin; `queued N` when N lines are written down; `sent` when the socket has
taken some of them.
"""

import sys
from pathlib import Path

from callroom_client.client import Client
from callroom_client.events import Asked, Ended, Queued, Received, Stage, StageChanged, Verb
from callroom_wire import messages as m


def main(url: str, profile: str, room: str, first: int, count: int) -> None:
    queued, asked = 0, False
    with Client(url, name="child", profile=Path(profile)) as client:
        for event in client.events():
            match event:
                case StageChanged(stage=Stage.READY):
                    client.ask(m.Join(room=room))
                case Received(message=m.Joined(ref=ref)) if ref:
                    print("ready", flush=True)
                    sys.stdin.readline()
                    for number in range(first, first + count):
                        client.say(room, f"line {number}")
                case Queued():
                    queued += 1
                    print(f"queued {queued}", flush=True)
                case Asked(message=m.Say()):
                    asked = True
                case Ended(verb=Verb.SEND) if asked:
                    print("sent", flush=True)
                case _:
                    pass


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]), int(sys.argv[5]))
