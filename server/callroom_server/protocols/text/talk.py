"""One person's side of the talk with the house: where and who they are, and what is not answered yet.

Pure: commands and answers in, requests out. A name is asked for only when something needs one. Three things
keep what is typed next waiting, because it would go astray otherwise: a login under way (lines are numbered
from its answer), a change of place under way, and a look back that is to show the lines just said.
"""

import msgspec

from callroom_server.codecs.encodings import fold_digits
from callroom_wire import messages as m
from callroom_wire import names
from callroom_wire.command import Ask, Where
from callroom_wire.messages import ClientMessage, ServerMessage

_NAMED = (
    m.Say,
    m.Tell,
    m.Join,
    m.Leave,
    m.Topic,
    m.Who,
    m.Nick,
    m.History,
    m.Transcript,
    m.Search,
    m.Away,
    m.Back,
)
_LOGINS = (m.Login, m.Resume)
ROBOT = ""


class Talk:
    """The state of one session as its door needs it."""

    __slots__ = (
        "_asked_secret", "_back", "_came_back", "_last_id", "_login", "_move", "_past", "_ref", "_refs",
        "_rooms", "_self_named", "_told_ids", "_waiting", "name", "oldest", "place",
    )  # fmt: skip

    def __init__(self) -> None:
        self.name = ""
        self.place = ROBOT
        """The robot (""), a room, or `@` and a person."""
        self.oldest = 0
        """The first seq of the page last shown."""
        self._ref = 0
        self._refs: set[int] = set()  # requests without an answer
        self._told_ids: set[int] = set()  # lines without an acknowledgement
        self._last_id = 0
        self._login = 0  # the ref of a login under way
        self._self_named = False  # it was us who asked for the name
        self._move = 0  # the ref of a change of place under way
        self._waiting: ClientMessage | None = None  # what needed the name
        self._back: ClientMessage | None = None  # a look back, until one's own lines are there to be seen
        self._rooms: dict[str, None] = {}
        self._past: list[str] = []
        self._came_back = False
        self._asked_secret = False  # the robot waits for what nobody should see

    @property
    def secret(self) -> bool:
        """Whether what is typed now should not be shown."""
        return self._asked_secret and self.place == ROBOT

    @property
    def settled(self) -> bool:
        """Whether the next line can be sent: no login, no change of place and no look back is under way."""
        return not self._login and not self._move and self._back is None

    @property
    def answered(self) -> bool:
        """Whether the house has answered everything."""
        return self.settled and not self._refs and not self._told_ids

    @property
    def where(self) -> Where:
        """What commands need to know."""
        return Where(self.place, self.name, frozenset(self._rooms), self.oldest, self.secret)

    def line(self, text: str) -> list[ClientMessage]:
        """What to ask when this line is typed that is no command."""
        if self.place == ROBOT:  # neither a name nor a move is needed: at once, for this is nearly every line
            self._ref += 1
            self._refs.add(self._ref)
            return [m.Press(text=fold_digits(text), ref=self._ref)]
        if self.place.startswith("@"):
            return self.ask(Ask(m.Tell(to=self.place[1:], text=text)))
        return self.ask(Ask(m.Say(room=self.place, text=text)))

    def ask(self, ask: Ask) -> list[ClientMessage]:
        """What to ask the house: the request, or first a name for it."""
        message = ask.message
        if isinstance(message, m.Dial):
            self.move(ROBOT)
        if isinstance(message, _NAMED) and not self.name:
            self._waiting = message
            self._self_named = True
            login = self._numbered(m.Login())
            self._login = login.ref
            self._move = -1 if ask.move else 0  # the request itself has no number yet
            return [login]
        if isinstance(message, m.History | m.Search) and self._told_ids:
            self._back = message
            return []
        message = self._numbered(message)
        if isinstance(message, _LOGINS):
            self._login, self._self_named = message.ref, False
        if ask.move or isinstance(message, m.Leave):
            self._move = message.ref
        return [message]

    def move(self, place: str) -> None:
        """From now on what is typed goes there."""
        if place != self.place:
            self._past = [*(known for known in self._past if known not in (place, self.place)), self.place]
            self.place = place

    def give_up(self) -> None:
        """Waits for nothing any more: the person has cancelled."""
        self._move = self._login = 0
        self._waiting = self._back = None

    def heard(self, message: ServerMessage) -> list[ClientMessage]:
        """Takes in an answer; what must be asked now because of it."""
        ref = getattr(message, "ref", 0)
        self._refs.discard(ref)
        match message:
            case m.Prompted():  # first, as the most frequent by far
                self._asked_secret = message.secret
            case m.LoggedIn():
                return self._logged_in(message)
            case m.Error():
                self._told_ids.discard(message.id)
                if ref and ref == self._login:
                    self._login = 0
                    self._waiting = None
                    if self._move < 0:
                        self._move = 0
                elif ref and ref == self._move:
                    self._move = 0
            case m.Joined():
                self._joined(message)
            case m.Left():
                return self._left(message)
            case m.Renamed():
                self.name = message.name
            case m.Present(renamed=renamed) if renamed:
                self._follow(renamed)
            case m.Ack():
                self._told_ids.difference_update(message.ids)
            case m.Page():
                self.oldest = message.entries[0].seq if message.entries else self.oldest
            case _:
                pass
        return self._look_back()

    def _follow(self, renamed: dict[str, str]) -> None:
        """Who is called otherwise is still meant, and not whoever takes the old name next."""
        for old, new in renamed.items():
            known, place = _key("@" + old), "@" + new
            self._past = [place if _key(one) == known else one for one in self._past]
            if _key(self.place) == known:
                self.place = place

    def _look_back(self) -> list[ClientMessage]:
        if self._back is None or self._told_ids:
            return []
        asked, self._back = self._numbered(self._back), None
        return [asked]

    def is_echo_of_haste(self, message: ServerMessage) -> bool:
        """Whether this only refuses a name that we asked for ourselves, while the robot gave one."""
        return (
            isinstance(message, m.Error)
            and message.code == "already_logged_in"
            and bool(message.ref)
            and self._self_named
        )

    def _numbered(self, message: ClientMessage) -> ClientMessage:
        """The request with the next ref, and a line with the next id."""
        self._ref += 1
        if isinstance(message, m.Say | m.Tell):
            self._last_id += 1
            self._told_ids.add(self._last_id)
            return msgspec.structs.replace(message, ref=self._ref, id=self._last_id)
        # A topic that is set comes back as an entry of the room, and goodbye as the end.
        if not isinstance(message, m.Quit) and (not isinstance(message, m.Topic) or message.text is None):
            self._refs.add(self._ref)
        return msgspec.structs.replace(message, ref=self._ref)

    def _logged_in(self, message: m.LoggedIn) -> list[ClientMessage]:
        self.name = message.name
        self._last_id = max(self._last_id, message.last_id)
        self._came_back = message.resumed
        self._login = 0
        waiting, self._waiting = self._waiting, None
        if waiting is None:
            return []
        asked = self._numbered(waiting)
        if self._move < 0:
            self._move = asked.ref
        return [asked]

    def _joined(self, message: m.Joined) -> None:
        if message.place.startswith("@"):  # a direct conversation that is there after coming back
            return
        self._rooms[message.place] = None
        mine = bool(message.ref) and message.ref == self._move
        if mine:
            self._move = 0
        if mine or message.go or (self._came_back and self.place == ROBOT):
            self._came_back = False
            self.move(message.place)

    def _left(self, message: m.Left) -> list[ClientMessage]:
        if message.ref and message.ref == self._move:
            self._move = 0
        self._rooms.pop(message.room, None)
        self._past = [place for place in self._past if place != message.room]
        if self.place != message.room:
            return []
        self.place = self._past.pop() if self._past else ROBOT
        return [self._numbered(m.Dial())] if self.place == ROBOT else []


def _key(place: str) -> str:
    """What two spellings of a place have in common."""
    try:
        return names.key(place)
    except ValueError:  # typed after `/go`, and no name that the house would give
        return place
