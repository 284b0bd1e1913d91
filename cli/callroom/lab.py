"""`callroom lab`: the lessons are the server's, and measuring them is of the benchmarks."""

from collections.abc import Sequence


def lab(argv: Sequence[str]) -> int:
    """Runs `callroom lab` or `callroom lab compare`; the exit code."""
    # Deferred: neither needs the other.
    if list(argv[:1]) == ["compare"]:
        from callroom_bench.compare import compare

        return compare(argv[1:])
    from callroom_server.cli.lab import lab as serve

    return serve(argv)
