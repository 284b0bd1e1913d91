from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from callroom_server.config.limits import Limits
from callroom_server.config.settings import ConfigError, Settings
from callroom_server.config.sources import KINDS, Loaded, load


class Place:
    """A working folder, a user's configuration folder and a data folder."""

    def __init__(self, root: Path) -> None:
        self.cwd = root / "cwd"
        self.config = root / "config"
        self.cwd.mkdir()
        self.config.mkdir()

    def load(
        self,
        toml: str | None = None,
        environ: dict[str, str] | None = None,
        flags: dict[str, str | list[str] | bool] | None = None,
    ) -> Loaded:
        if toml is not None:
            (self.cwd / "callroom.toml").write_text(toml, encoding="utf-8")
        return load(flags or {}, environ or {}, self.cwd, self.config, Path("/data"))

    def fault(
        self,
        toml: str | None = None,
        environ: dict[str, str] | None = None,
        flags: dict[str, str | list[str] | bool] | None = None,
    ) -> str:
        with pytest.raises(ConfigError) as caught:
            self.load(toml, environ, flags)
        words = caught.value.words
        assert words.zh != words.en
        return words.en.replace(f"{self.cwd}/", "")


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def test_from_nothing_the_defaults(place: Place) -> None:
    loaded = place.load()
    assert loaded == Loaded(Settings(data=Path("/data")), None, [])
    assert loaded.settings.listen == ("tcp://127.0.0.1:8888",)
    assert loaded.settings.menu == "10086"


def test_flags_before_environment_before_file(place: Place) -> None:
    toml = 'menu = "file"\nname = "file"\nlang = "zh"\n[limits]\nrooms = 5\npeople_per_room = 6\n'
    environ = {
        "CALLROOM_MENU": "environ",
        "CALLROOM_NAME": "environ",
        "CALLROOM_LIMITS_ROOMS": "7",
        "LANG": "en_GB",
    }
    settings = place.load(toml, environ, {"menu": "flag"}).settings
    assert (settings.menu, settings.name, settings.lang) == ("flag", "environ", "zh")
    assert settings.limits == Limits(rooms=7, people_per_room=6)


def test_every_setting_can_come_from_the_environment(place: Place) -> None:
    environ = {
        "CALLROOM_LISTEN": "tcp://127.0.0.1:1  unix:///run/x.sock",
        "CALLROOM_DATA": "d",
        "CALLROOM_MENUS": "/m",
        "CALLROOM_MENU": "faq",
        "CALLROOM_NAME": "大厅",
        "CALLROOM_LANG": "zh",
        "CALLROOM_LOG_FORMAT": "json",
        "CALLROOM_LOG_LEVEL": "debug",
        "CALLROOM_FLOOD": "false",
    }
    assert place.load(environ=environ).settings == Settings(
        listen=("tcp://127.0.0.1:1", "unix:///run/x.sock"),
        data=place.cwd / "d",
        menus=Path("/m"),
        menu="faq",
        name="大厅",
        lang="zh",
        log_format="json",
        log_level="debug",
        flood=False,
    )


def test_a_limit_from_the_environment_reaches_every_limit(place: Place) -> None:
    for field in msgspec.structs.fields(Limits):
        value = str(field.default)
        assert place.load(environ={f"CALLROOM_LIMITS_{field.name.upper()}": value}).strangers == []


def test_an_empty_variable_is_none(place: Place) -> None:
    assert place.load(environ={"CALLROOM_MENU": "", "CALLROOM_CONFIG": ""}).settings.menu == "10086"


def test_variables_that_name_no_setting_are_told(place: Place) -> None:
    environ = {"CALLROOM_PORT": "tcp://10.0.0.1:8888", "CALLROOM_MENU": "faq", "PATH": "/bin"}
    assert place.load(environ=environ).strangers == ["CALLROOM_PORT"]


def test_the_language_of_the_environment_is_only_a_default(place: Place) -> None:
    assert place.load(environ={"LANG": "zh_CN.UTF-8"}).settings.lang == "zh"
    assert place.load('lang = "en"', environ={"LANG": "zh_CN.UTF-8"}).settings.lang == "en"


def test_which_file(place: Place) -> None:
    (place.config / "callroom.toml").write_text('menu = "user"')
    (place.cwd / "other.toml").write_text('menu = "other"')
    assert place.load().settings.menu == "user"
    assert place.load('menu = "here"').settings.menu == "here"
    assert place.load(environ={"CALLROOM_CONFIG": "other.toml"}).settings.menu == "other"
    named = place.load(environ={"CALLROOM_CONFIG": "nowhere"}, flags={"config": "other.toml"})
    assert (named.settings.menu, named.file) == ("other", place.cwd / "other.toml")


def test_paths_in_a_file_are_beside_the_file(place: Place) -> None:
    (place.config / "callroom.toml").write_text('data = "kept"\nmenus = "/m"')
    settings = place.load().settings
    assert (settings.data, settings.menus) == (place.config / "kept", Path("/m"))
    assert place.load(flags={"data": "kept"}).settings.data == place.cwd / "kept"


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        (
            "[limits]\n\nframe_seconds = 0",
            "callroom.toml:3: limits.frame_seconds must be a number from 1 to 3600, not 0",
        ),
        (
            "limits.rooms = 1.5",
            "callroom.toml:1: limits.rooms must be a whole number from 1 to 10000000, not 1.5",
        ),
        (
            "limits = { rooms = true }",
            "callroom.toml:1: limits.rooms must be a whole number from 1 to 10000000, not true",
        ),
        (
            "[limits]\nrooms = nan",
            "callroom.toml:2: limits.rooms must be a whole number from 1 to 10000000, not nan",
        ),
        (
            "[limits]\nlogin_seconds = nan",
            "callroom.toml:2: limits.login_seconds must be a number from 1 to 3600, not nan",
        ),
        ("menu = 10086", "callroom.toml:1: menu must be text such as 10086, not 10086"),
        ('\nflood = "no"', "callroom.toml:2: flood must be true or false, not 'no'"),
        ('"lang" = "fr"', "callroom.toml:1: lang must be one of en, zh, not 'fr'"),
        ("listen = []", 'callroom.toml:1: listen must be a list such as ["tcp://127.0.0.1:8888"], not []'),
        ('listen = "tcp://x:1"', "callroom.toml:1: listen must be a list such as"),
        ('data = ""', "callroom.toml:1: data must be a path, not ''"),
        ('data = "a\\u0000b"', "callroom.toml:1: data must be a path, not 'a\\x00b'"),
        ("# it\nfrob = 1", "callroom.toml:2: there is no setting frob; there are: data, listen,"),
        ("flod = true", "callroom.toml:1: there is no setting flod; did you mean flood?"),
        ("log-level = 'info'", "callroom.toml:1: there is no setting log-level; did you mean log_level?"),
        (
            "[limits]\nroom = 3",
            "callroom.toml:2: there is no setting limits.room; did you mean limits.rooms?",
        ),
        ("rooms = 3", "callroom.toml:1: there is no setting rooms; did you mean limits.rooms?"),
        ("menu = 'a'\n[server]\nx = 1", "callroom.toml:2: there is no setting server; "),
        ("limits = 3", "callroom.toml:1: limits must be a table: [limits], not 3"),
        ("menu = ", "callroom.toml: not TOML: Invalid value (at end of document)"),
        (
            "[limits]\nping_after_seconds = 60",
            "callroom.toml:2: ping_after_seconds must be at most drop_after_seconds, which is 45; it is 60",
        ),
    ],
)
def test_a_mistake_in_the_file_is_named_with_its_line(place: Place, toml: str, said: str) -> None:
    assert place.fault(toml).startswith(said)


def test_a_mistake_elsewhere_is_named_with_its_place(place: Place) -> None:
    assert place.fault(environ={"CALLROOM_LIMITS_ROOMS": "many"}) == (
        "environment: CALLROOM_LIMITS_ROOMS must be a whole number from 1 to 10000000, not 'many'"
    )
    assert place.fault(flags={"log_format": "xml"}) == (
        "command line: --log-format must be one of human, json, not 'xml'"
    )


def test_a_mistake_is_found_though_another_source_overrides_it(place: Place) -> None:
    assert "flood must be" in place.fault("flood = 1", flags={"flood": False})


def test_a_file_that_cannot_be_read(place: Place) -> None:
    assert (
        place.fault(flags={"config": "nowhere.toml"})
        == "nowhere.toml: cannot be read: No such file or directory"
    )
    (place.cwd / "latin.toml").write_bytes(b'name = "\xe9"')
    assert place.fault(flags={"config": "latin.toml"}) == "latin.toml: cannot be read: UTF-8, byte 8"


@given(st.sampled_from(sorted(KINDS)), st.text(min_size=1).filter(lambda text: "\0" not in text))
def test_whatever_a_variable_holds_it_is_a_setting_or_a_named_fault(key: str, value: str) -> None:
    name = "CALLROOM_" + key.upper().replace(".", "_")
    fault = ""
    try:
        loaded = load({}, {name: value}, Path("/cwd"), Path("/config"), Path("/data"))
        assert loaded.strangers == []
    except ConfigError as error:
        fault = str(error)
    assert not fault or (fault.isprintable() and (name in fault or key.removeprefix("limits.") in fault))
