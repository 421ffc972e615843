"""Prints what pyproject.toml declares, the extras included, each at its lowest version: constraints for pip."""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path

root = Path(__file__).parents[1]
project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
for declared in (project["dependencies"], *project["optional-dependencies"].values()):
    for requirement in declared:
        if requirement.startswith(f"{project['name']}["):  # an extra that includes others
            continue
        bound = re.fullmatch(r"([\w.-]+)(?:\[[\w,-]+\])?>=([\w.]+)", requirement)
        if bound is None:
            sys.exit(f"pyproject.toml declares {requirement!r}; NAME>=VERSION would say its lowest version")
        print(f"{bound[1]}=={bound[2]}")
