"""The mapper names no service, nor anything that only one of them has."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import pytest

import contacthub_orm

MAPPER: Final = Path(contacthub_orm.__file__).parent / "orm"
MODULES: Final = sorted(MAPPER.rglob("*.py"))

OWN: Final = re.compile(r"contacthub_orm|ContacthubError")
"""The package's own name, and its exceptions'."""

NAMES: Final = re.compile(
    r"contacthub|notihub|hub/v1|customer|workspace|nodeId|externalId|educations?\b|registeredAt|templateId|\bnode\b",
    re.IGNORECASE,
)


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(MAPPER)))
def test_a_module_of_the_mapper_names_no_service(module: Path) -> None:
    text = OWN.sub("", module.read_text(encoding="utf-8"))

    assert [line for line in text.splitlines() if NAMES.search(line)] == []
