"""Sessions for asyncio and trio: `AsyncSession`, over the one `Session` that there is.

async with AsyncSession(node) as session, session.begin():
    bruce = await session.query(Customer).filter(Customer.base.lastName == "Wayne").one()
    bruce.base.contacts.email = "bruce@wayne.com"
"""

try:
    import anyio as _anyio  # noqa: F401
except ImportError as error:
    raise ImportError(
        'contacthub_orm.asyncio needs anyio; install it with: pip install "contacthub_orm[asyncio]"'
    ) from error

from contacthub_orm.asyncio.mirror import AsyncMirror, AsyncMirrorQuery
from contacthub_orm.asyncio.query import AsyncQuery
from contacthub_orm.asyncio.results import RowResult, ScalarResult
from contacthub_orm.asyncio.session import AsyncSession
from contacthub_orm.asyncio.updates import AsyncUpdates

__all__ = [
    "AsyncMirror",
    "AsyncMirrorQuery",
    "AsyncQuery",
    "AsyncSession",
    "AsyncUpdates",
    "RowResult",
    "ScalarResult",
]
