"""At the door: listeners, who is let in, and which door a caller gets."""

import socket

from callroom_wire.tls import server_context

from callroom_server.app.house import House
from callroom_server.config.settings import Settings
from callroom_server.core import texts
from callroom_server.net.address import Address, parse
from callroom_server.net.listener import Listener
from callroom_server.net.transport import Limits as TransportLimits
from callroom_server.net.transport import Protocol, Transport
from callroom_server.protocols.first_bytes import REFUSALS, Knock, Porch, Refusal
from callroom_server.protocols.frames import FramesDoor
from callroom_server.protocols.text.door import TextDoor

SCHEMES = ("tcp", "tls", "unix", "frames", "telnet", "text")
