"""Sessions on Notihub, whose queries have the service's search box."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self, TypeVar

import attrs

from contacthub_orm import orm
from contacthub_orm.errors import CompileError
from contacthub_orm.notihub.entities import Customer
from contacthub_orm.orm.criteria.criteria import ALWAYS
from contacthub_orm.orm.query.statement import parts_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from contacthub_orm.orm.criteria.set_operations import SetOperation
    from contacthub_orm.orm.query.statement import Statement

__all__ = ["Query", "Session"]

E = TypeVar("E", bound=orm.Entity)


@attrs.frozen(eq=False)
class Query(orm.Query[E]):
    """A query of a session on Notihub: `session.query(Customer).search("some@email.com").limit(10)`.

    The service narrows customers to enabled ones (`Customer.status == "ENABLED"`) and by its search box, and messages by
    `customerId` and `templateId`. Other conditions are refused; `filter_locally` checks them in this process.
    """

    text: str | None = attrs.field(default=None, kw_only=True)

    def search(self, text: str) -> Self:
        """Narrow customers to those whose external id or contacts have this text, as the service searches.

        Raises:
            CompileError: if it is no text, or the query is not for customers.
        """
        if not isinstance(text, str) or not text:
            raise CompileError(f"search: expected a text that is not empty, got {text!r}")
        if not issubclass(self.entity, Customer):
            raise CompileError(f"search: Notihub searches customers alone, not {self.entity.__name__}")
        if self.text is not None:
            raise CompileError(f"search: {self} has a text already, and the service takes one")
        return attrs.evolve(self, text=text)

    def compile(self) -> Any:
        """The parameters of the first page.

        Raises:
            CompileError: if the service cannot be asked this.
        """
        largest = self.backend.page_size
        wanted = None if self.limited is None or self.local != ALWAYS else self.limited + self.skipped
        return self.backend.compile(self.search_for(0, largest if wanted is None else min(wanted, largest)))

    def search_for(self, number: int, size: int | None) -> orm.Search:
        """The search for one page, with the text of the search box."""
        search = super().search_for(number, size)
        return search if self.text is None else attrs.evolve(search, parameters={"search": self.text})

    def run_on(self, entities: Iterable[E]) -> list[E]:
        """Answer the query from objects in memory.

        Raises:
            CompileError: if it has a text: only the service can answer that.
        """
        if self.text is not None:
            raise CompileError(f"run_on: {self} has a text, for which only the service can search")
        return super().run_on(entities)

    def _combined(self, operation: SetOperation, others: Iterable[Statement[E]]) -> Self:
        statements = (self, *others)
        if any(getattr(one, "text", None) is not None for one in statements):
            raise CompileError(f"{operation}: a search text cannot be combined with another query")
        return super()._combined(operation, others)

    def __str__(self) -> str:
        return super().__str__() if self.text is None else f"{super().__str__()}.search({self.text!r})"


class Session(orm.Session):
    """A session on an environment of Notihub; see `contacthub_orm.Session`."""

    def query(self, entity: type[E]) -> Query[E]:
        """A query for entities of a class."""
        plain = super().query(entity)
        return Query(**parts_of(plain), backend=plain.backend, reader=plain.reader)
