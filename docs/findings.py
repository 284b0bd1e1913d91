"""Writes the tables of the linter's findings into docs/menus.md and docs/menus.zh.md, or checks them.

python docs/findings.py            write
python docs/findings.py --check    compare, exit with 1 if they differ
"""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "menus"))

from slots import fill, update  # noqa: E402

from callroom_menus.lint import FINDINGS  # noqa: E402 - found by the line above, installed or not

PAGES = {"en": ROOT / "docs" / "menus.md", "zh": ROOT / "docs" / "menus.zh.md"}
HEADS = {"en": "| code | | what is wrong | mend |", "zh": "| 代码 | | 问题 | 修改方法 |"}
SEVERITIES = {"en": {"error": "error", "warning": "warning"}, "zh": {"error": "错误", "warning": "警告"}}
SUGGESTED = {"en": "the finding names what is near", "zh": "提示中会给出相近的名称"}
SCRIPT = "docs/findings.py"

_VALUE = re.compile(r"(?<!\{)\{(\w+)\}(?!\})")


def findings_table(lang: str) -> str:
    """A row for each finding: code, severity, what is wrong, how to mend it."""
    rows = [HEADS[lang], "|---|---|---|---|"]
    for code, kind in FINDINGS.items():
        text, fix = (kind.text_zh, kind.fix_zh) if lang == "zh" else (kind.text_en, kind.fix_en)
        mend = SUGGESTED[lang] if fix == "{hint}" else _plain(fix)
        rows.append(f"| `{code}` | {SEVERITIES[lang][kind.severity]} | {_plain(text)} | {mend} |")
    return "\n".join(rows)


def _plain(text: str) -> str:
    """A sentence with its values as names, `NODE`; a brace that is meant is one."""
    named = _VALUE.sub(lambda value: value[1].upper(), text)
    return named.replace("{{", "{").replace("}}", "}").replace("|", "\\|")


def pages() -> dict[Path, str]:
    """Both pages with the table in its place."""
    return {
        path: fill(path.read_text("utf-8"), "findings", SCRIPT, findings_table(lang))
        for lang, path in PAGES.items()
    }


if __name__ == "__main__":
    sys.exit(update(SCRIPT, pages(), sys.argv[1:]))
