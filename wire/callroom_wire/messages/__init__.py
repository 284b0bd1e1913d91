"""Every message of the framed protocol, one class each.

What is asked for is an imperative (`Say`, `Join`); what happened is in the past tense (`Said`, `Joined`). All
are frozen, tagged by `type` in snake_case, and refuse unknown fields. `ref` is the client's own number for a
request: the answer, or the `Error`, carries the same one. Times are Unix milliseconds and only labels: order
is told by `seq` alone.

`docs/protocol.md` is generated from this package: each docstring's first paragraph is the message's line in
it.
"""

from callroom_forms.form import Form
from callroom_wire.messages.asked import (
    Away,
    Back,
    Dial,
    Doctor,
    HangUp,
    Hello,
    Help,
    History,
    Join,
    Lang,
    Leave,
    Login,
    Nick,
    Ping,
    Pong,
    Press,
    Quit,
    Resume,
    Rooms,
    Run,
    Say,
    Search,
    Tell,
    Topic,
    Transcript,
    Who,
)
from callroom_wire.messages.base import FORMS, MAX_NUMBER, PROTOCOL_VERSION, Message, Number, Request
from callroom_wire.messages.told import (
    Ack,
    Bye,
    ChoiceInfo,
    CommandInfo,
    Diagnosed,
    Error,
    Found,
    Gap,
    Helped,
    Joined,
    Left,
    LoggedIn,
    Noted,
    Page,
    PersonInfo,
    Present,
    Prompted,
    Renamed,
    RoomInfo,
    RoomsListed,
    RunOutput,
    RunOver,
    Said,
    Told,
    TopicSet,
    Welcomed,
    WhoListed,
)

ClientMessage = (
    Hello
    | Login
    | Resume
    | Say
    | Tell
    | Join
    | Leave
    | Topic
    | Rooms
    | Who
    | Nick
    | History
    | Transcript
    | Search
    | Dial
    | Press
    | HangUp
    | Away
    | Back
    | Lang
    | Help
    | Doctor
    | Run
    | Ping
    | Pong
    | Quit
)
Entry = Said | Told | TopicSet
ServerMessage = (
    Welcomed
    | LoggedIn
    | Joined
    | Left
    | Said
    | Told
    | TopicSet
    | Gap
    | Ack
    | Present
    | Page
    | Found
    | RoomsListed
    | WhoListed
    | Renamed
    | Prompted
    | Noted
    | Helped
    | Diagnosed
    | RunOutput
    | RunOver
    | Error
    | Bye
    | Ping
    | Pong
)

__all__ = [
    "FORMS",
    "MAX_NUMBER",
    "PROTOCOL_VERSION",
    "Ack",
    "Away",
    "Back",
    "Bye",
    "ChoiceInfo",
    "ClientMessage",
    "CommandInfo",
    "Diagnosed",
    "Dial",
    "Doctor",
    "Entry",
    "Error",
    "Form",
    "Found",
    "Gap",
    "HangUp",
    "Hello",
    "Help",
    "Helped",
    "History",
    "Join",
    "Joined",
    "Lang",
    "Leave",
    "Left",
    "LoggedIn",
    "Login",
    "Message",
    "Nick",
    "Noted",
    "Number",
    "Page",
    "PersonInfo",
    "Ping",
    "Pong",
    "Present",
    "Press",
    "Prompted",
    "Quit",
    "Renamed",
    "Request",
    "Resume",
    "RoomInfo",
    "Rooms",
    "RoomsListed",
    "Run",
    "RunOutput",
    "RunOver",
    "Said",
    "Say",
    "Search",
    "ServerMessage",
    "Tell",
    "Told",
    "Topic",
    "TopicSet",
    "Transcript",
    "Welcomed",
    "Who",
    "WhoListed",
]
