"""Nine mutants of ten in the unit of work and the look-ups are noticed by a test."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.mutation.mutants import mutants
from tests.mutation.mutation_run import is_noticed, sample


@pytest.mark.soak
def test_nine_of_ten_mutants_are_noticed() -> None:
    chosen = sample(60, seed=1)
    survivors = [mutant for mutant in chosen if not is_noticed(mutant)]
    assert len(survivors) <= len(chosen) // 10, "\n".join(map(str, survivors))


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("a < b", ["a <= b"]),
        ("a and b", ["a or b"]),
        ("not a", ["a"]),
        ("a + 1", ["a - 1", "a + 2"]),
        ("x: int | None = f(True)", ["x: int | None = f(False)"]),
        ("if a: b()", ["if not a:\n    b()", "if a:\n    pass"]),
        ("def f():\n    'doc'\n    return a", ["def f():\n    'doc'\n    return None"]),
    ],
)
def test_a_mutant_has_one_small_fault(tmp_path: Path, code: str, expected: list[str]) -> None:
    path = tmp_path / "module.py"
    path.write_text(code)
    made = [mutant.source for mutant in mutants(path)]
    assert [one for one in made if one != "pass"] == [ast.unparse(ast.parse(one)) for one in expected]
