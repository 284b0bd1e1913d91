"""Every test here gives back all threads and descriptors that it takes."""

import gc
import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

import pytest

from callroom_client.client import Client, Patience, Timeouts
from house_fixtures import nursery, open_house
from link_support import Ear, Peer, Stranger

__all__ = ["nursery", "open_house"]


class Call(Protocol):
    """Calls an address; the client is closed when the test is over."""

    def __call__(
        self,
        url: str,
        name: str = "",
        patience: Patience | None = None,
        timeouts: Timeouts | None = None,
        profile: str = "profile.db",
        start: bool = True,
    ) -> tuple[Client, Ear]: ...


Host = Callable[[Callable[[Peer], object]], Stranger]
"""Opens a stranger's door, which is closed when the test is over."""


@pytest.fixture(autouse=True)
def _no_leak(nursery: object) -> Iterator[None]:  # pyright: ignore[reportUnusedFunction]
    gc.collect()
    before = len(os.listdir("/proc/self/fd")), threading.active_count()
    yield
    assert (len(os.listdir("/proc/self/fd")), threading.active_count()) == before, threading.enumerate()


@pytest.fixture
def host(_no_leak: None) -> Iterator[Host]:
    strangers: list[Stranger] = []

    def make(act: Callable[[Peer], object]) -> Stranger:
        stranger = Stranger(act)
        strangers.append(stranger)
        return stranger

    yield make
    for stranger in strangers:
        stranger.close()


@pytest.fixture
def call(host: Host, tmp_path: Path) -> Iterator[Call]:
    clients: list[Client] = []

    def make(
        url: str,
        name: str = "",
        patience: Patience | None = None,
        timeouts: Timeouts | None = None,
        profile: str = "profile.db",
        start: bool = True,
    ) -> tuple[Client, Ear]:
        ear = Ear()
        client = Client(url, ear, name=name, profile=tmp_path / profile, patience=patience, timeouts=timeouts)
        clients.append(client)
        if start:
            client.start()
        return client, ear

    yield make
    for client in clients:
        client.close()
