"""Every experiment, by the name of the lesson whose page explains it."""

from collections.abc import Callable

import msgspec

from callroom_client.lab.experiments import (
    backlog,
    conversation,
    datagrams,
    families,
    handshake,
    legitimacy,
    sticky,
    waiting,
)
from callroom_client.lab.parameters import Parameter, Values
from callroom_client.lab.recorder import Recorder
from callroom_words.words import Words


class Experiment(msgspec.Struct, frozen=True):
    """What can be set, and what then happens: it returns what it has shown."""

    parameters: tuple[Parameter, ...]
    run: Callable[[Recorder, Values], tuple[Words, ...]]


EXPERIMENTS = {
    "upper": Experiment(conversation.PARAMETERS, conversation.run),
    "datagrams": Experiment(datagrams.PARAMETERS, datagrams.run),
    "sticky": Experiment(sticky.PARAMETERS, sticky.run),
    "legitimacy": Experiment(legitimacy.PARAMETERS, legitimacy.run),
    "waiting": Experiment(waiting.PARAMETERS, waiting.run),
    "backlog": Experiment(backlog.PARAMETERS, backlog.run),
    "handshake": Experiment(handshake.PARAMETERS, handshake.run),
    "families": Experiment(families.PARAMETERS, families.run),
}
"""By the name of the page in `callroom_lessons`; a page may have none."""
