"""Which runbook is asked for, whether it may run, and with which arguments: pure, so nothing runs here."""

from collections.abc import Iterable, Mapping

import msgspec

from callroom_menus.runbooks import ANYONE, Parameter, Runbook, fits
from callroom_server.core import texts
from callroom_wire.errors import Refused

LISTED = 12
"""How many names a refusal lists; whoever has more runbooks knows where they are."""


class Ready(msgspec.Struct, frozen=True):
    """A runbook with its arguments filled in: `argv` is passed on byte for byte."""

    runbook: Runbook
    args: list[str]
    argv: list[str]


class Over(msgspec.Struct, frozen=True):
    """How a run ended.

    `reason` is empty for a program that ended by itself with `code` (negative: by that signal), else one of
    `time_limit`, `output_limit`, `caller_left`, `shutting_down`.
    """

    code: int
    reason: str = ""
    seconds: float = 0.0
    output_bytes: int = 0


def prepare(runbooks: Mapping[str, Runbook], name: str, given: Iterable[str]) -> Ready:
    """The runbook of this name with these arguments.

    Raises:
        Refused: there is no such runbook, nobody may run it yet, or an argument is not what it may be.
    """
    runbook = runbooks.get(name)
    if runbook is None:
        if not runbooks:
            raise Refused("no_runbooks")
        if not name:
            raise Refused("runbook_missing", names=_listed(runbooks))
        raise Refused("no_such_runbook", name=name, names=_listed(runbooks))
    if ANYONE not in runbook.who:
        raise Refused("runbook_needs_account", name=name, who=", ".join(runbook.who))
    args = list(given)
    if len(args) > len(runbook.params):
        raise Refused("runbook_usage", usage=runbook.usage)
    values: dict[str, str] = {}
    for place, parameter in enumerate(runbook.params):
        if place < len(args):
            value = args[place]
        elif parameter.default is not None:
            value = parameter.default
        else:
            raise Refused("runbook_usage", usage=runbook.usage)
        if not fits(parameter, value):
            raise _unfit(parameter, value)
        values[parameter.name] = value
    return Ready(runbook, args, runbook.filled(values))


def _listed(runbooks: Mapping[str, Runbook]) -> str:
    return ", ".join(sorted(runbooks)[:LISTED])


def _unfit(parameter: Parameter, value: str) -> Refused:
    """What is wrong with an argument, by the type of its parameter."""
    if value.startswith("-"):
        return Refused("argument_is_option", name=parameter.name, value=value)
    match parameter.kind:
        case "text":
            right = parameter.pattern
        case "choice":
            right = ", ".join(parameter.options)
        case "number":
            right = f"{parameter.least:g} - {parameter.most:g}"
        case "path":
            return Refused("argument_path", name=parameter.name, value=value)
    return Refused("argument_unfit", name=parameter.name, value=value, right=right)


def ending(lang: str, over: Over, limit_seconds: float, limit_bytes: int) -> str:
    """In a sentence, why a run ended otherwise than by itself with 0; empty if it did."""
    if over.reason == "time_limit":
        return texts.word(lang, "run_time_limit", seconds=f"{limit_seconds:g}")
    if over.reason == "output_limit":
        return texts.word(lang, "run_output_limit", limit=limit_bytes)
    if over.reason == "shutting_down":
        return f"[{texts.word(lang, over.reason)}]"
    if over.code:
        return texts.word(lang, "run_failed", number=over.code)
    return ""
