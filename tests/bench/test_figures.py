from callroom_bench.figures import Spread, median_run, spread


def test_percentiles_are_values_that_were_measured() -> None:
    assert spread([n / 1e3 for n in range(1, 1001)]) == Spread(1000, 500.0, 990.0, 999.0, 1000.0)
    assert spread([0.002]) == Spread(1, 2.0, 2.0, 2.0, 2.0)


def test_nothing_measured_is_zero() -> None:
    assert spread([]) == Spread(0, 0.0, 0.0, 0.0, 0.0)


def test_the_median_run_is_a_whole_run() -> None:
    assert median_run([(3, "c"), (1, "a"), (2, "b")], lambda run: run[0]) == (2, "b")
    assert median_run([(4, "d"), (1, "a")], lambda run: run[0]) == (1, "a")
