"""Facts about the API as data: enumerations, limits, operations and JSON schemas."""

from contacthub_orm.reference.facts import (
    CUSTOMER_SECTIONS,
    MAX_MATCHED_ELEMENTS,
    MAX_PAGE_SIZE,
    MAX_PAYLOAD_BYTES,
    enum,
    models,
    operations,
    schema,
)

__all__ = [
    "CUSTOMER_SECTIONS",
    "MAX_MATCHED_ELEMENTS",
    "MAX_PAGE_SIZE",
    "MAX_PAYLOAD_BYTES",
    "enum",
    "models",
    "operations",
    "schema",
]
