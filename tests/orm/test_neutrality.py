"""The mapper names no service, nor anything that only one of them has."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import contacthub_orm

MAPPER: Final = Path(contacthub_orm.__file__).parent / "orm"
MODULES: Final = sorted(MAPPER.rglob("*.py"))

OWN: Final = re.compile(r"contacthub_orm|ContacthubError")
"""The package's own name, and its exceptions'."""

NAMES: Final = re.compile(
    r"contacthub|notihub|hub/v1|customer|workspace|nodeId|externalId|educations?\b|registeredAt|templateId|\bnode\b",
    re.IGNORECASE,
)


def test_a_module_of_the_mapper_names_no_service() -> None:
    assert len(MODULES) > 100
    found = [
        f"{path.relative_to(MAPPER)}: {line}"
        for path in MODULES
        for line in OWN.sub("", path.read_text(encoding="utf-8")).splitlines()
        if NAMES.search(line)
    ]

    assert found == []
