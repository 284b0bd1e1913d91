"""Places of a page that are filled from the code: what stands between two comments, and who writes it."""

import sys
from collections.abc import Mapping
from pathlib import Path


def fill(page: str, name: str, script: str, text: str) -> str:
    """A page with one of its places filled.

    Args:
        page: the page as it is.
        name: of the place, which stands in both comments.
        script: who writes it, for whoever wonders.
        text: what belongs there, without the last line end.

    Raises:
        AssertionError: the page has no such place.
    """
    start, end = f"<!-- {name}: {script} -->\n", f"<!-- end of {name} -->"
    before, start_found, rest = page.partition(start)
    _, end_found, after = rest.partition(end)
    if not (start_found and end_found):
        raise AssertionError(f"there is no place for {name}")
    return f"{before}{start}{text}\n{end}{after}"


def update(script: str, pages: Mapping[Path, str], argv: list[str]) -> int:
    """Writes pages that are not as they should be, or with `--check` names them; the exit code.

    Args:
        script: what to run, for the message.
        pages: what each should be.
        argv: the command line behind the script.
    """
    stale = [path for path, wanted in pages.items() if path.read_text("utf-8") != wanted]
    if "--check" in argv:
        for path in stale:
            print(f"{path.name} differs from the code: python {script}", file=sys.stderr)
        return 1 if stale else 0
    for path in stale:
        path.write_text(pages[path], "utf-8")
    return 0
