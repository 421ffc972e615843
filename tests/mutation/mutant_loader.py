"""A plugin of pytest that imports one module from another file: `-p tests.mutation.mutant_loader`.

The environment says which: `MUTATED_MODULE` and `MUTATED_SOURCE`.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec, PathFinder
from importlib.util import spec_from_file_location
from types import ModuleType


class MutantFinder:
    """Finds the mutated module in its file."""

    @staticmethod
    def find_spec(
        name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if name != os.environ["MUTATED_MODULE"]:
            return None
        assert PathFinder.find_spec(name, path, target) is not None
        return spec_from_file_location(name, os.environ["MUTATED_SOURCE"])


assert os.environ["MUTATED_MODULE"] not in sys.modules, "the plugin must be loaded before the package"
sys.meta_path.insert(0, MutantFinder())
