import pytest

from callroom_words.options import LANG, Command, Option, UsageError, language, read, usage
from callroom_words.words import Words

COPY = Command(
    "copy",
    Words("Copies.", "复制。"),
    arguments=(("FROM", Words("the one", "源")), ("TO", Words("the other", "目标"))),
    options=(
        Option("--lines", Words("how many", "行数"), "N"),
        Option("--also", Words("more", "更多"), "FILE", many=True),
        Option("--no-check", Words("unchecked", "不检查"), key="check", means=False),
        Option("--quick", Words("at once", "快")),
        LANG,
    ),
)


def test_options_and_arguments_in_any_order() -> None:
    line = read(COPY, ["--lines", "3", "a", "--also=x", "--no-check", "b", "--also", "y"])
    assert line.arguments == ["a", "b"]
    assert line.options == {"lines": "3", "also": ["x", "y"], "check": False}


def test_values_are_there_or_empty() -> None:
    line = read(COPY, ["a", "b", "--lines", "3", "--also", "x", "--quick"])
    assert (line.value("lines"), line.values("also"), line.flag("quick")) == ("3", ["x"], True)
    line = read(COPY, ["a", "b"])
    assert (line.value("lines"), line.values("also"), line.flag("quick")) == ("", [], False)


@pytest.mark.parametrize(
    ("names", "fits", "misfits"),
    [
        (("ONE", "[TWO]"), ([1, 2]), ([0, 3])),
        (("[MANY]...",), ([0, 1, 5]), ()),
        (("ONE", "[MORE]..."), ([1, 5]), ([0])),
        ((), ([0]), ([1])),
    ],
)
def test_brackets_and_dots_say_how_many_arguments(
    names: tuple[str, ...], fits: list[int], misfits: list[int]
) -> None:
    command = Command("x", Words("", ""), tuple((name, Words("", "")) for name in names))
    for count in fits:
        assert len(read(command, ["a"] * count).arguments) == count
    for count in misfits:
        with pytest.raises(UsageError):
            read(command, ["a"] * count)


def test_a_complaint_says_where_there_is_help() -> None:
    with pytest.raises(UsageError) as caught:
        read(COPY, [])
    assert caught.value.told(COPY, "en") == "callroom copy: FROM is missing\nSee: callroom copy --help"


def test_after_two_hyphens_only_arguments() -> None:
    assert read(COPY, ["--", "--lines", "-"]).arguments == ["--lines", "-"]


def test_help_wins_over_everything_before_it_is_checked() -> None:
    assert read(COPY, ["a", "-h", "--nonsense"]).help


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (["a"], "TO is missing"),
        (["a", "b", "c"], "one argument too many: 'c'"),
        (["a", "b", "--line", "3"], "there is no option --line; did you mean --lines?"),
        (["a", "b", "--zzz\x1b"], r"there is no option '--zzz\x1b'"),
        (["a", "b", "--lines"], "--lines needs a value: --lines N"),
        (["a", "b", "--lang", "fr"], "--lang must be one of: en, zh"),
        (["a", "b", "--no-check=1"], "--no-check takes no value"),
        (["a", "b", "--lines", "1", "--lines", "2"], "--lines stands there twice"),
    ],
)
def test_mistakes_are_named(argv: list[str], said: str) -> None:
    with pytest.raises(UsageError) as caught:
        read(COPY, argv)
    assert caught.value.words.en == said
    assert caught.value.words.zh != said


def test_usage_names_everything_in_both_languages() -> None:
    page = usage(COPY)
    for shown in page:
        for name in (
            "copy",
            "FROM",
            "TO",
            "--lines N",
            "--also FILE...",
            "--no-check",
            "--lang LANG",
            "--help",
        ):
            assert name in shown
    assert page.en.startswith("usage: callroom copy FROM TO [options]\n\nCopies.\n\n")
    assert "复制。" in page.zh


@pytest.mark.parametrize(
    ("argv", "environ", "lang"),
    [
        (["--lang", "zh"], {"LANG": "en_GB"}, "zh"),
        (["--lang=en"], {"LANG": "zh_CN.UTF-8"}, "en"),
        (["--lang"], {"LANG": "zh_CN.UTF-8"}, "zh"),
        (["--lang", "fr"], {"LC_ALL": "C", "LANG": "zh_CN.UTF-8"}, "en"),
        ([], {"CALLROOM_LANG": "zh", "LC_ALL": "C"}, "zh"),
        ([], {}, "en"),
    ],
)
def test_the_language_is_known_before_the_line_is_right(
    argv: list[str], environ: dict[str, str], lang: str
) -> None:
    assert language(argv, environ) == lang
