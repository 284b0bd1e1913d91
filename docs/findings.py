"""Writes the tables of the linter's findings into docs/menus.md and docs/menus.zh.md, or checks them.

python docs/findings.py            write
python docs/findings.py --check    compare, exit with 1 if they differ
"""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "menus"))

from callroom_menus.lint import FINDINGS  # noqa: E402 - found by the line above, installed or not

PAGES = {"en": ROOT / "docs" / "menus.md", "zh": ROOT / "docs" / "menus.zh.md"}
HEADS = {"en": "| code | | what is wrong | mend |", "zh": "| 代码 | | 问题 | 修改方法 |"}
SEVERITIES = {"en": {"error": "error", "warning": "warning"}, "zh": {"error": "错误", "warning": "警告"}}
SUGGESTED = {"en": "the finding names what is near", "zh": "提示中会给出相近的名称"}
START, END = "<!-- findings: docs/findings.py -->\n", "<!-- end of findings -->"

_VALUE = re.compile(r"(?<!\{)\{(\w+)\}(?!\})")


def findings_table(lang: str) -> str:
    """A row for each finding: code, severity, what is wrong, how to mend it."""
    rows = [HEADS[lang], "|---|---|---|---|"]
    for code, kind in FINDINGS.items():
        text, fix = (kind.text_zh, kind.fix_zh) if lang == "zh" else (kind.text_en, kind.fix_en)
        mend = SUGGESTED[lang] if fix == "{hint}" else _plain(fix)
        rows.append(f"| `{code}` | {SEVERITIES[lang][kind.severity]} | {_plain(text)} | {mend} |")
    return "\n".join(rows)


def filled(page: str, lang: str) -> str:
    """The page with the table in its place."""
    before, start, rest = page.partition(START)
    _, end, after = rest.partition(END)
    if not (start and end):
        raise AssertionError(f"{PAGES[lang].name} has no place for the findings")
    return f"{before}{START}{findings_table(lang)}\n{END}{after}"


def _plain(text: str) -> str:
    """A sentence with its values as names, `NODE`; a brace that is meant is one."""
    named = _VALUE.sub(lambda value: value[1].upper(), text)
    return named.replace("{{", "{").replace("}}", "}").replace("|", "\\|")


def main(argv: list[str]) -> int:
    """Writes or checks both pages; the exit code."""
    stale: list[str] = []
    for lang, path in PAGES.items():
        page = path.read_text("utf-8")
        written = filled(page, lang)
        if written != page:
            stale.append(path.name)
            if "--check" not in argv:
                path.write_text(written, "utf-8")
    if "--check" in argv and stale:
        print(f"{', '.join(stale)} differ from the linter; run python docs/findings.py", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
