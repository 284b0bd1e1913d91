"""A client and a model as the options of the line client ask for them."""

import time
from pathlib import Path

from callroom_client.client import Client
from callroom_client.inbox import Inbox
from callroom_client.line.options import Options
from callroom_client.model import Model
from callroom_words.words import Lang


def connect(options: Options, inbox: Inbox, lang: Lang, profile: Path | None = None) -> Client:
    """The client that the options ask for, not started yet."""
    return Client(
        options.url,
        inbox.put,
        name=options.name,
        lang=lang,
        profile=profile or options.profile,
        timeouts=options.timeouts,
    )


def new_model() -> Model:
    """A model whose notes have the time of this machine's clock."""
    return Model(epoch=time.time() - time.monotonic())
