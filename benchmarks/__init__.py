"""The figures to hold, each measured beside its yardstick in the same run: `python -m benchmarks`."""
