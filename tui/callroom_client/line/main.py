"""`callroom line`: reads the command line, and runs the client at a prompt, with plain lines or JSON."""

import os
import sys
import tempfile
from collections.abc import Generator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from callroom_client.client import AddressError, Client, ProfileError
from callroom_client.line import objects, plain
from callroom_client.line.desk import Desk
from callroom_client.line.opening import connect, new_model
from callroom_client.line.options import LINE, Options, options_of
from callroom_client.line.pipe import Pipe
from callroom_words.options import UsageError, language, read, usage
from callroom_words.words import Lang, Words

DONE, FAILED, USAGE = 0, 1, 2

DUMB = ("", "dumb", "unknown")
"""Terminals that cannot move a cursor (terminfo(5)); a prompt with a toolbar is not for them."""

FAULT = Words("callroom line: {why}", "callroom line：{why}")
STREAM = Words("what it reads or writes fails: {why}", "读写失败：{why}")


def main(argv: Sequence[str]) -> int:
    """Runs the line client; its exit code."""
    lang = language(argv, os.environ)
    _replace_closed()
    try:
        line = read(LINE, argv)
        if line.help:
            print(usage(LINE).say(lang))
            return DONE
        options = options_of(line, os.environ)
    except UsageError as fault:
        print(fault.told(LINE, lang), file=sys.stderr)
        return USAGE
    try:
        return _run(options, lang, bool(line.value("lang")))
    except AddressError as fault:
        print(FAULT.say(lang, why=fault.words), file=sys.stderr)
        return USAGE
    except ProfileError as fault:
        print(FAULT.say(lang, why=fault.words), file=sys.stderr)
        return FAILED
    except BrokenPipeError:  # whoever read has had enough; `callroom` deals with it
        raise
    except OSError as fault:
        print(FAULT.say(lang, why=STREAM.fill(why=fault.strerror or str(fault))), file=sys.stderr)
        _discard()
        return FAILED


def is_terminal() -> bool:
    """Whether a person sits at a terminal that can show a prompt with a toolbar."""
    return (
        _stdin() is not None
        and sys.stdin.isatty()
        and sys.stdout.isatty()
        and os.environ.get("TERM", "") not in DUMB
    )


def _run(options: Options, lang: Lang, lang_given: bool) -> int:
    if options.once:
        return _once(options, lang)
    if options.json:
        return _objects(options, lang)
    if options.plain or not is_terminal():
        return _plain(options, lang)
    # Here, for it costs 100 ms that nobody without a terminal should pay.
    from callroom_client.line.prompt import prompt

    return prompt(options, lang, lang_given)


def _plain(options: Options, lang: Lang) -> int:
    with closing(Pipe(_stdin())) as pipe:
        client = connect(options, pipe.inbox, lang)
        desk = Desk(client, client.watch_frames, new_model(), lang, room=options.room)
        with _running(client, pipe):
            return plain.run(desk, pipe, options.wait)


def _once(options: Options, lang: Lang) -> int:
    """With a profile of its own, so that a check sees nothing old, and is gone when it leaves."""
    with tempfile.TemporaryDirectory(prefix="callroom-once-") as folder, closing(Pipe(None)) as pipe:
        client = connect(options, pipe.inbox, lang, options.profile or Path(folder) / "once.db")
        desk = Desk(client, client.watch_frames, new_model(), lang, room=options.room)
        with _running(client, pipe):
            code = plain.once(desk, pipe, options.once, options.expect, options.wait)
            plain.goodbye(desk, pipe)
            return code


def _objects(options: Options, lang: Lang) -> int:
    with closing(Pipe(_stdin())) as pipe:
        client = connect(options, pipe.inbox, lang)
        out = objects.Objects(client, options.room, options.trace, objects.write)
        client.watch_frames(options.trace)
        client.watch_kernel(options.trace)
        with _running(client, pipe):
            return objects.run(out, pipe, options.wait)


@contextmanager
def _running(client: Client, pipe: Pipe) -> Generator[None]:
    client.start()
    try:
        yield
    finally:
        pipe.inbox.close()  # first: the link must not wait for a reader who has left
        client.close()


def _stdin() -> int | None:
    """Standard input; None when the process was started without one."""
    return sys.stdin.fileno() if sys.stdin is not None else None  # pyright: ignore[reportUnnecessaryComparison]


def _replace_closed() -> None:
    """A process that was started without standard output writes nowhere; its exit code still tells."""
    if sys.stdout is None:  # pyright: ignore[reportUnnecessaryComparison]
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115  # as long as the process


def _discard() -> None:
    """What is still buffered has nowhere to go, and would fail again at the end."""
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, sys.stdout.fileno())
    os.close(null)
