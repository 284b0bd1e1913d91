"""The call with the robot: what it says, which keys there are, and how long it waits."""

import msgspec

from callroom_forms.form import Form, judgeable
from callroom_wire.messages import ChoiceInfo, Prompted


class Call(msgspec.Struct):
    """The call as it is now.

    `deadline` is the monotonic time at which the robot stops waiting, None if it waits for ever; `secret`:
    what is typed now should not be shown; `form`: what an entry has to fit, if it can be judged here.
    `asked` counts what the robot has said, so that one can tell whether it has spoken since.
    """

    menu: str = ""
    node: str = ""
    text: str = ""
    choices: tuple[ChoiceInfo, ...] = ()
    deadline: float | None = None
    secret: bool = False
    form: Form | None = None
    ended: bool = True
    asked: int = 0

    def prompted(self, message: Prompted, at: float) -> None:
        """The robot says something, and waits."""
        self.asked += 1
        self.menu, self.node, self.text = message.menu, message.node, message.text
        self.choices = tuple(message.choices)
        self.deadline = at + message.wait if message.wait else None
        self.secret = message.secret and not message.ended
        asked = None if message.ended else message.form
        self.form = asked if asked is not None and judgeable(asked) else None
        self.ended = message.ended
