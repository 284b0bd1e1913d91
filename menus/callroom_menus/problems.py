"""What can be wrong with a menu file: each problem has a code, a place, a sentence, and a way to mend it."""

import msgspec

from callroom_menus.problem_texts import PROBLEMS


class Problem(msgspec.Struct, frozen=True, gc=False):
    """What is wrong, where (line and column from 1), and how to mend it, in English and Chinese."""

    file: str
    line: int
    column: int
    code: str
    text_en: str
    text_zh: str
    fix_en: str
    fix_zh: str

    def told(self, lang: str) -> str:
        """The whole problem in one line, as a compiler would write it."""
        text, fix = (self.text_zh, self.fix_zh) if lang == "zh" else (self.text_en, self.fix_en)
        return f"{self.file}:{self.line}:{self.column}: {text} - {fix} [{self.code}]"


class MenuError(Exception):
    """A menu cannot be used; `problems` are all that were found, in the order of the file."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(problem.told("en") for problem in problems))
        self.problems = problems


Value = str | int | tuple[str, str]


def problem(file: str, line: int, column: int, code: str, /, **values: Value) -> Problem:
    """A problem from the table; a value given as a pair is (English, Chinese)."""
    text_en, fix_en, text_zh, fix_zh = PROBLEMS[code]
    english = {name: value[0] if isinstance(value, tuple) else value for name, value in values.items()}
    chinese = {name: value[1] if isinstance(value, tuple) else value for name, value in values.items()}
    return Problem(
        file,
        line,
        column,
        code,
        text_en.format_map(english),
        text_zh.format_map(chinese),
        fix_en.format_map(english),
        fix_zh.format_map(chinese),
    )
