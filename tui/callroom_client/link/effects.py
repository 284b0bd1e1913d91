"""What a conversation wants done; `link.Link` is the only place where it is."""

from collections.abc import Mapping

import msgspec

from callroom_client.events import LinkEvent, Stage
from callroom_wire.messages import ClientMessage


class Send(msgspec.Struct, frozen=True):
    """Send this to the server."""

    message: ClientMessage


class Tell(msgspec.Struct, frozen=True):
    """Tell the listener of this."""

    event: LinkEvent


class Reach(msgspec.Struct, frozen=True):
    """The connection is at this stage now."""

    stage: Stage


class Hang(msgspec.Struct, frozen=True):
    """End the connection, for this reason. `final`: do not come back unasked. `by_us`: it stood till now."""

    code: str
    detail: str = ""
    final: bool = False
    by_us: bool = True


class KeepLine(msgspec.Struct, frozen=True):
    """Write a line down, and say so with `Conversation.kept`. `sent`: it may be on its way right after."""

    id: int
    place: str
    text: str
    sent: bool


class MarkSent(msgspec.Struct, frozen=True):
    """Write down that these lines may be on their way, and say so with `Conversation.marked`."""

    ids: tuple[int, ...]


class Forget(msgspec.Struct, frozen=True):
    """These lines are settled."""

    ids: tuple[int, ...]


class KeepLogin(msgspec.Struct, frozen=True):
    """Write down who we are: the name and the token for coming back; both empty: nobody."""

    name: str
    token: str


class KeepSeen(msgspec.Struct, frozen=True):
    """Write down the last seq seen of each place; nothing is lost if that takes a while."""

    seen: Mapping[str, int]


Effect = Send | Tell | Reach | Hang | KeepLine | MarkSent | Forget | KeepLogin | KeepSeen
Kept = KeepLine | MarkSent | Forget | KeepLogin | KeepSeen
"""What goes to the disk."""
