from pathlib import Path

import pytest

from callroom_menus import MenuError, Source, load_sources, parse_sources

TEXT = """\
[source.accounts]
kind = "csv"
file = "accounts.csv"
key = "phone"

[source.bills]
kind = "http"
url = "https://billing.example:8443/v1/{key}?month={month}"
allow = ["billing.example"]
timeout = 2.5
max_bytes = 1000
"""


def test_sources(tmp_path: Path) -> None:
    (tmp_path / "sources.toml").write_text(TEXT, encoding="utf-8")
    assert load_sources(tmp_path / "sources.toml") == {
        "accounts": Source("accounts", "csv", "accounts.csv", "phone", "", (), 5.0, 16_777_216),
        "bills": Source(
            "bills",
            "http",
            "",
            "",
            "https://billing.example:8443/v1/{key}?month={month}",
            ("billing.example",),
            2.5,
            1000,
        ),
    }


def test_what_is_filled_in_stays_in_its_place() -> None:
    bills = parse_sources(TEXT, "s")["bills"]
    assert bills.address("a/../b?c=d#e&f g", {"month": "十\n", "key": "", "other": "x"}) == (
        "https://billing.example:8443/v1/?month=%E5%8D%81%0A"
    )
    assert bills.address("a/../b?c=d#e&f g", {}) == (
        "https://billing.example:8443/v1/a%2F..%2Fb%3Fc%3Dd%23e%26f%20g?month="
    )


CASES = [
    ('kind = "csv"', 'kind = "sql"', "bad-value", 2),
    ('kind = "csv"', "", "missing-field", 1),
    ('file = "accounts.csv"', 'file = "../accounts.csv"', "bad-file", 3),
    ('file = "accounts.csv"', 'file = "/etc/passwd"', "bad-file", 3),
    ('file = "accounts.csv"', "", "missing-field", 1),
    ('key = "phone"', 'kee = "phone"', "unknown-field", 4),
    ("https://billing", "ftp://billing", "bad-url", 8),
    ("https://billing", "https://{key}.billing", "bad-url", 8),
    ("https://billing", "https://user@billing", "bad-url", 8),
    (":8443", ":99999", "bad-url", 8),
    ("https://billing.example:8443", "https://[", "bad-url", 8),
    ("https://billing.example", "https://169.254.169.254", "host-not-allowed", 8),
    ('allow = ["billing.example"]', "", "host-not-allowed", 8),
    ('["billing.example"]', '["billing.example", "https://x"]', "bad-host", 9),
    ("timeout = 2.5", "timeout = 0", "out-of-range", 10),
    ("max_bytes = 1000", "max_bytes = 1.5", "wrong-type", 11),
    ("[source.accounts]", "[source.accounts", "toml", 1),
    ("[source.accounts]", "x = 1\n[source.accounts]", "unknown-field", 1),
]


@pytest.mark.parametrize(("old", "new", "code", "line"), CASES)
def test_what_is_wrong(old: str, new: str, code: str, line: int) -> None:
    with pytest.raises(MenuError) as caught:
        parse_sources(TEXT.replace(old, new, 1), "sources.toml")
    assert (code, line) in [(one.code, one.line) for one in caught.value.problems]
