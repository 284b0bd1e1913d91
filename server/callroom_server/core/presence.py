"""Who came and went, cut into messages that fit a frame: a whole room may be lost in one pass."""

from collections.abc import Iterator

from callroom_wire.messages import Present

PART_BYTES = 32 * 1024
"""A `Present` goes on in another one before it would pass a frame."""

FEW = 32
"""So few names fit whatever they are: 24 characters each, 200 of why one is away, 4 bytes a character."""


def empty(room: str) -> Present:
    """Nobody has come or gone yet."""
    return Present(room=room, came=[], went=[], lost=[], away={}, back=[], renamed={})


def parts_of(news: Present) -> Iterator[Present]:
    """The same news in as many messages as it takes."""
    lists = (news.came, news.went, news.lost, news.back)
    tables = (news.away, news.renamed)
    if sum(map(len, lists)) + sum(map(len, tables)) <= FEW:
        yield news
        return
    rows = [(kind, name, "") for kind, names in enumerate(lists) for name in names]
    rows += [(kind, *row) for kind, table in enumerate(tables, len(lists)) for row in table.items()]
    part, size = empty(news.room), 0
    for kind, name, value in rows:
        cost = 4 * (len(name) + len(value)) + 16  # UTF-8 at its longest, quotes and commas
        if size + cost > PART_BYTES:
            yield part
            part, size = empty(news.room), 0
        size += cost
        if kind < len(lists):
            (part.came, part.went, part.lost, part.back)[kind].append(name)
        else:
            (part.away, part.renamed)[kind - len(lists)][name] = value
    yield part
