"""Benchmarks that anyone can run: `callroom bench`."""
