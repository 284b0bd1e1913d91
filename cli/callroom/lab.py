"""`callroom lab`: the lessons are the server's, comparing the benchmarks', the screen the client's."""

from collections.abc import Sequence


def lab(argv: Sequence[str]) -> int:
    """Runs `callroom lab`, `callroom lab compare` or `callroom lab screen`; the exit code."""
    # Deferred: none needs the others.
    if list(argv[:1]) == ["compare"]:
        from callroom_bench.compare import compare

        return compare(argv[1:])
    if list(argv[:1]) == ["screen"]:
        from callroom_tui.main import lab as screen

        return screen(argv[1:])
    from callroom_server.cli.lab import lab as serve

    return serve(argv)
