"""How the screen begins: what a terminal of another encoding gets."""

from io import BytesIO, TextIOWrapper

from callroom_tui.main import bear_encoding


def test_what_an_encoding_has_not_takes_as_many_cells() -> None:
    for encoding, shown in (("ascii", "???? |?|"), ("gbk", "你好 |?|"), ("utf-8", "你好 |☎|")):
        written = BytesIO()
        stream = TextIOWrapper(written, encoding=encoding, errors="backslashreplace")
        bear_encoding(stream)
        stream.write("你好 |☎|")
        stream.flush()
        assert written.getvalue().decode(encoding) == shown
