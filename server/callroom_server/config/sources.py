"""Reads the settings: command line before environment before callroom.toml before defaults.

Every value given is checked, also one that another source overrides: a mistake does not wait for the day on
which it counts.
"""

import difflib
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec

from callroom_server.config.limits import ORDERED, Limits
from callroom_server.config.right import SUCH_AS, right
from callroom_server.config.settings import ConfigError, Settings
from callroom_words.words import Words, preferred

FILE_NAME = "callroom.toml"
PREFIX = "CALLROOM_"

KINDS: dict[str, object] = {
    field.name: field.type for field in msgspec.structs.fields(Settings) if field.name != "limits"
} | {f"limits.{field.name}": field.type for field in msgspec.structs.fields(Limits)}
"""The type of each key; a limit's key starts with `limits.`."""

EXAMPLES = {
    "listen": "tcp://127.0.0.1:8888",
    "menu": "10086",
    "name": "callroom",
    "site": "https://chat.example",
}

UNREADABLE = Words("{where}: cannot be read: {reason}", "{where}：无法读取：{reason}")
NOT_TOML = Words("{where}: not TOML: {reason}", "{where}：不是有效的 TOML：{reason}")
UNKNOWN = Words("{where}: there is no setting {key}; {right}", "{where}：没有名为 {key} 的设置；{right}")
MEANT = Words("did you mean {key}?", "您是否想写 {key}？")
LISTED = Words("there are: {keys}", "可用的有：{keys}")
WRONG = Words("{where}: {key} must be {right}, not {given}", "{where}：{key} 必须是{right}，而不是 {given}")
TABLE = Words("a table: [limits]", "一个表：[limits]")
DISORDER = Words(
    "{where}: {key} must be at most {other}, which is {bound}; it is {given}",
    "{where}：{key} 不能大于 {other}（{bound}）；现在是 {given}",
)
ENVIRONMENT = Words("environment", "环境变量")
COMMAND_LINE = Words("command line", "命令行")
TOGETHER = Words("limits", "限制")


class Given(NamedTuple):
    """One value as it was given: its key, where it stands and how it is spelled there."""

    key: str
    value: object
    where: Words
    spelled: str
    base: Path
    strict: bool


class Loaded(NamedTuple):
    """The settings, the file they came from (if any), and CALLROOM_ variables that name no setting.

    Those are told and not refused: container platforms set CALLROOM_PORT and the like for a service of this
    name.
    """

    settings: Settings
    file: Path | None
    strangers: list[str]


def load(
    flags: Mapping[str, str | Sequence[str] | bool],
    environ: Mapping[str, str],
    cwd: Path,
    user_config: Path,
    user_data: Path,
) -> Loaded:
    """The settings in force; relative paths in a file are relative to its folder, others to `cwd`.

    Raises:
        ConfigError: a file cannot be read, a key is unknown or a value is wrong.
    """
    file = _file(flags, environ, cwd, user_config)
    known = {PREFIX + key.upper().replace(".", "_"): key for key in KINDS}
    given = [] if file is None else list(_from_file(file))
    given += _from_environ(environ, known, cwd)
    given += _from_flags(flags, cwd)
    defaults = Settings(data=user_data, lang=preferred(environ))
    values: dict[str, object] = {}
    places: dict[str, Given] = {}
    for one in given:
        values[one.key] = _checked(one)
        places[one.key] = one
    limits = msgspec.structs.replace(
        Limits(), **{key.removeprefix("limits."): v for key, v in values.items() if key.startswith("limits.")}
    )
    _check_order(limits, places)
    top = {key: value for key, value in values.items() if "." not in key}
    strangers = sorted(name for name in environ if name.startswith(PREFIX) and name not in known)
    strangers = [name for name in strangers if name != PREFIX + "CONFIG"]
    return Loaded(msgspec.structs.replace(defaults, **top, limits=limits), file, strangers)


def _file(
    flags: Mapping[str, str | Sequence[str] | bool], environ: Mapping[str, str], cwd: Path, user_config: Path
) -> Path | None:
    named = flags.get("config") or environ.get(PREFIX + "CONFIG")
    if named:
        return cwd / Path(str(named)).expanduser()
    for folder in (cwd, user_config):
        if (folder / FILE_NAME).is_file():
            return folder / FILE_NAME
    return None


def _from_file(file: Path) -> Iterator[Given]:
    where = Words(str(file), str(file))
    try:
        text = file.read_text(encoding="utf-8")
        document: dict[str, object] = tomllib.loads(text)
    except OSError as error:
        raise ConfigError(UNREADABLE.fill(where=where, reason=error.strerror or str(error))) from error
    except UnicodeDecodeError as error:
        raise ConfigError(UNREADABLE.fill(where=where, reason=f"UTF-8, byte {error.start}")) from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(NOT_TOML.fill(where=where, reason=str(error))) from error
    table = document.pop("limits", {})
    try:
        limits = msgspec.convert(table, dict[str, object])
    except msgspec.ValidationError as error:
        place = f"{file}{_line(text, '', 'limits')}"
        raise ConfigError(WRONG.fill(where=place, key="limits", right=TABLE, given=_shown(table))) from error
    flat = document | {f"limits.{key}": value for key, value in limits.items()}
    for key, value in flat.items():
        section, _, name = key.rpartition(".")
        place = f"{file}{_line(text, section, name)}"
        if key not in KINDS:
            raise ConfigError(UNKNOWN.fill(where=place, key=key, right=_meant(key, list(KINDS))))
        yield Given(key, value, Words(place, place), key, file.parent, strict=True)


def _from_environ(environ: Mapping[str, str], known: Mapping[str, str], cwd: Path) -> Iterator[Given]:
    for name, key in known.items():
        if value := environ.get(name):
            listed = value.split() if key == "listen" else value
            yield Given(key, listed, ENVIRONMENT, name, cwd, strict=False)


def _from_flags(flags: Mapping[str, str | Sequence[str] | bool], cwd: Path) -> Iterator[Given]:
    for key, value in flags.items():
        if key != "config":
            yield Given(key, value, COMMAND_LINE, "--" + key.replace("_", "-"), cwd, strict=False)


def _checked(given: Given) -> object:
    def path(kind: type, value: object) -> object:
        if kind is Path and isinstance(value, str) and value and "\0" not in value:
            return given.base / Path(value).expanduser()
        raise ValueError(value)

    kind = KINDS[given.key]
    try:
        return msgspec.convert(given.value, kind, strict=given.strict, dec_hook=path)
    except msgspec.ValidationError as error:
        expected, value = _expected(given, kind)
        raise ConfigError(
            WRONG.fill(where=given.where, key=given.spelled, right=expected, given=_shown(value))
        ) from error


def _expected(given: Given, kind: object) -> tuple[Words, object]:
    """What a value must be, and what it is; of several that no file writes as a list, the first wrong one."""
    example = EXAMPLES.get(given.key, "")
    value = given.value
    if not given.strict and isinstance(value, Sequence) and not isinstance(value, str):
        for one in msgspec.convert(value, list[str]):
            try:
                msgspec.convert([one], kind)
            except msgspec.ValidationError:
                return SUCH_AS.fill(example=example), one
    return right(kind, example), given.value


def _check_order(limits: Limits, places: Mapping[str, Given]) -> None:
    values: dict[str, float] = msgspec.structs.asdict(limits)
    for low, high in ORDERED:
        if values[low] > values[high]:
            culprit = places.get(f"limits.{low}") or places.get(f"limits.{high}")
            raise ConfigError(
                DISORDER.fill(
                    where=culprit.where if culprit else TOGETHER,
                    key=low,
                    given=_shown(values[low]),
                    other=high,
                    bound=_shown(values[high]),
                )
            )


def _meant(key: str, keys: list[str]) -> Words:
    bare = {known.rpartition(".")[2]: known for known in keys}
    if key in bare:  # a limit that is written beside the table of limits
        return MEANT.fill(key=bare[key])
    near = difflib.get_close_matches(key, keys, n=1) or difflib.get_close_matches(
        key.rpartition(".")[2], bare, n=1
    )
    if near:
        return MEANT.fill(key=bare.get(near[0], near[0]))
    return LISTED.fill(keys=", ".join(known for known in keys if "." not in known) + ", [limits]")


def _shown(value: object) -> str:
    """A value in TOML's spelling, as far as a person needs to recognise it; never a raw control character."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:.15g}"
    text = ascii(value) if isinstance(value, str) and not value.isprintable() else repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _line(text: str, section: str, key: str) -> str:
    """`:N`, the line where a key stands, or nothing where it is not written in a way that one line tells."""
    assigned = re.compile(rf"""\s*(?:["']?{re.escape(key)}["']?)\s*[=.]""")
    dotted = re.compile(rf"""\s*["']?{re.escape(section)}["']?\s*[.=].*\b{re.escape(key)}\b""")
    header = re.compile(r"""\s*\[\s*["']?([^\]"']*?)["']?\s*\]""")
    here = ""
    for number, line in enumerate(text.splitlines(), 1):
        if found := header.match(line):
            here = found[1]
            if not section and here == key:
                return f":{number}"
        elif (here == section and assigned.match(line)) or (section and not here and dotted.match(line)):
            return f":{number}"
    return ""
