"""`python -m tests.mutation --sample 50 --seed 1`: prints the score and the mutants that no test notices."""

from __future__ import annotations

import argparse

from tests.mutation.mutation_run import is_noticed, sample


def main() -> None:
    """Try the mutants that the arguments choose."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--sample", type=int, default=50, help="how many mutants to try")
    arguments.add_argument("--seed", type=int, default=1, help="which ones")
    given = arguments.parse_args()
    chosen = sample(given.sample, given.seed)
    noticed = 0
    for number, mutant in enumerate(chosen, 1):
        if is_noticed(mutant):
            noticed += 1
        else:
            print(mutant, flush=True)
        print(f"{noticed} of {number} noticed", flush=True)
    print(f"score: {noticed / len(chosen):.0%}")


if __name__ == "__main__":
    main()
