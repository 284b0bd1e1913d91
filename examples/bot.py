"""A bot: it sits in a room and answers whoever mentions it.

usage: python examples/bot.py tcp://127.0.0.1:8888 lobby Clock
"""

import sys
from datetime import datetime

from callroom_client.client import AddressError, Client, ProfileError
from callroom_client.events import Received, Stage, StageChanged
from callroom_wire.messages import Join, LoggedIn, Said


def answer(text: str) -> str:
    """What the bot knows."""
    known = "time" in text or "几点" in text
    return f"{datetime.now():%H:%M}" if known else "ask me for the time / 可以问我几点"


def main(url: str, room: str, name: str) -> None:
    """Answers until it may not; also what was said while the connection, or the bot, was down."""
    with Client(url, name=name) as bot:
        for event in bot.events():
            match event:
                case Received(message=LoggedIn(resumed=False)):
                    bot.ask(Join(room=room))
                case Received(message=Said(by=by, text=text)) if by != name and f"@{name}" in text:
                    bot.say(room, f"@{by} {answer(text)}")
                case StageChanged(stage=Stage.OFFLINE, code=code, detail=detail):
                    sys.exit(f"{code}: {detail}")  # such as a name that is taken
                case _:
                    pass


if __name__ == "__main__":
    try:
        main(*sys.argv[1:]) if len(sys.argv) == 4 else sys.exit(__doc__)
    except (AddressError, ProfileError, KeyboardInterrupt) as error:
        sys.exit(str(error))
