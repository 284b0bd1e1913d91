"""What the hub does with each message: one file a subject, one line each in the table."""

from collections.abc import Callable

from callroom_server.core.effects import Effect
from callroom_server.core.handlers import lines, people, places, reading, robot, runs, service
from callroom_wire import messages as m

HANDLERS: dict[type, Callable[..., list[Effect]]] = {
    m.Say: lines.say,
    m.Tell: lines.tell,
    m.Topic: lines.topic,
    m.Hello: people.hello,
    m.Login: people.login,
    m.Resume: people.resume,
    m.Nick: people.nick,
    m.Away: people.away,
    m.Back: people.back,
    m.Quit: people.leave_for_good,
    m.Join: places.join,
    m.Leave: places.leave,
    m.Rooms: places.rooms,
    m.Who: places.who,
    m.History: reading.history,
    m.Search: reading.search,
    m.Transcript: reading.transcript,
    m.Dial: robot.dial,
    m.Press: robot.press,
    m.HangUp: robot.hang_up,
    m.Run: runs.run,
    m.Lang: service.lang,
    m.Help: service.offer_help,
    m.Doctor: service.doctor,
    m.Ping: service.ping,
    m.Pong: service.pong,
}
"""One line for each message a client may send; a test checks that none is missing."""
