"""Statements: what a query asks, as data, and the methods that narrow it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Generic, NoReturn, Self, TypeVar

import attrs

from contacthub_orm.errors import CompileError
from contacthub_orm.orm.criteria.criteria import ALWAYS, Criterion, and_
from contacthub_orm.orm.criteria.set_operations import SetOperation, combined, service_condition
from contacthub_orm.orm.criteria.sql_habits import ON_QUERIES, habit_error
from contacthub_orm.orm.entity.entity import Entity
from contacthub_orm.orm.query.checks import check_criterion, natural, ordering_of
from contacthub_orm.orm.query.options import LoaderOption, LoadOnly
from contacthub_orm.orm.wire.conversion import UnsendableError, copied
from contacthub_orm.suggestions import unknown_attribute

if TYPE_CHECKING:
    from collections.abc import Iterable

    from contacthub_orm.orm.criteria.expressions import Ordering
    from contacthub_orm.orm.service.search import ScanKey

__all__ = ["Statement", "parts_of"]

E = TypeVar("E", bound=Entity)


@attrs.frozen(eq=False)
class Statement(Generic[E]):
    """What is asked of a service about entities of one class.

    It never changes: every method gives a new one. It knows no service: `Select` is one by itself, and queries are
    statements of a session, with the methods that ask.

    Args:
        entity: the class.
        criterion: the condition that the service checks.
        order: the sort keys.
        limited: how many rows are given at most, or None for all.
        skipped: how many of the first rows are left out.
        overwrites: whether the rows overwrite unsaved changes.
        tracks: whether the session holds the rows.
        batch: the rows of a page that `yield_per` asks for, or None for pages as large as they can be.
        local: the condition that is checked in this process.
        load_options: what is loaded with the rows.
        json: a raw query in place of the criterion, or None.
        defaults: the default criterion of the class, which the service checks and the loaded rows must satisfy.
    """

    entity: type[E]
    criterion: Criterion = ALWAYS
    order: tuple[Ordering, ...] = ()
    limited: int | None = None
    skipped: int = 0
    overwrites: bool = False
    tracks: bool = True
    batch: int | None = None
    local: Criterion = ALWAYS
    load_options: tuple[LoaderOption, ...] = ()
    json: Any = None
    defaults: Criterion = ALWAYS

    @property
    def condition(self) -> Criterion:
        """All that the service checks: the criterion and the default one."""
        return self.criterion if self.defaults is ALWAYS else and_(self.defaults, self.criterion)

    def fields_along(self, scan_key: ScanKey | None) -> tuple[tuple[str, ...], ...]:
        """The paths to load: those of `load_only`, and those that reading the rows needs. Empty means all.

        Args:
            scan_key: the key that the rows are read along, or None.
        """
        chosen = [
            path
            for option in self.load_options
            if isinstance(option, LoadOnly)
            for path in option.paths_of(self.entity)
        ]
        if not chosen:
            return ()
        resource = self.entity.__resource__
        needed = [(resource.id_key,), *((key,) for key in resource.version_keys)]
        if scan_key is not None:
            needed.append((scan_key.name,))
        checked = [one.path for criterion in (self.local, self.defaults) for one in criterion.comparisons()]
        return tuple(dict.fromkeys([*needed, *chosen, *checked, *(key.path for key in self.order)]))

    function: ClassVar[str] = "query"
    """What makes it, as its text begins."""

    habits: ClassVar[Mapping[str, str]] = ON_QUERIES
    """Methods that it does not have, with what exists instead."""

    @property
    def place(self) -> str | None:
        """Where it asks (see `Backend.place`), or None for wherever the session works that it is given to."""
        return None

    # -- narrowing and ordering ---------------------------------------------------------------------------------------

    def filter(self, *criteria: Criterion) -> Self:
        """Narrow the query: all criteria of all `filter` calls hold.

        Raises:
            CompileError: if an argument is not a criterion on the entity, or the query is a raw one.
        """
        for criterion in criteria:
            check_criterion(self.entity, criterion)
        if criteria and self.json is not None:
            raise CompileError("filter: a raw query cannot be narrowed; write the condition into it")
        return attrs.evolve(self, criterion=and_(self.criterion, *criteria))

    where = filter

    def filter_by(self, **values: Any) -> Self:
        """Narrow the query to entities whose own attributes have these values: `filter_by(title="Emma")`.

        Raises:
            UnknownAttributeError: if the class does not declare a name.
            CompileError: if the attribute cannot have the value.
        """
        known = {**self.entity.__attributes__, **self.entity.__own_names__}
        for name in values:
            if name not in known:
                raise unknown_attribute(self.entity.__name__, name, known)
        return self.filter(*(getattr(self.entity, name) == value for name, value in values.items()))

    def without_criteria(self) -> Self:
        """Leave out the default criteria of the class, its `__criteria__`."""
        return attrs.evolve(self, defaults=ALWAYS)

    def filter_locally(self, *criteria: Criterion) -> Self:
        """Filter the rows in this process, by conditions that the service cannot be asked.

        The service still sends every row that the other conditions let through.

        Raises:
            CompileError: if an argument is not a criterion on the entity, or only the service can check it.
        """
        for criterion in criteria:
            check_criterion(self.entity, criterion)
            asked = service_condition(criterion)
            if asked is not None:
                raise CompileError(f"filter_locally: {criterion} {asked.why}")
        return attrs.evolve(self, local=and_(self.local, *criteria))

    def order_by(self, *keys: Any) -> Self:
        """Sort the rows; null comes last.

        The service sorts by the first key. Rows that are equal by it are sorted by the others in this
        process.

        Args:
            keys: attributes, or their `asc()` or `desc()`.

        Raises:
            CompileError: if a key is not one of these, or belongs to another entity.
        """
        return attrs.evolve(self, order=(*self.order, *(ordering_of(self.entity, key) for key in keys)))

    def limit(self, count: int) -> Self:
        """Give at most `count` rows.

        Raises:
            CompileError: if `count` is not an integer, or is negative.
        """
        return attrs.evolve(self, limited=natural("limit", count))

    def offset(self, count: int) -> Self:
        """Leave out the first `count` rows.

        Raises:
            CompileError: if `count` is not an integer, or is negative.
        """
        return attrs.evolve(self, skipped=natural("offset", count))

    def distinct(self, *_: Any) -> NoReturn:
        """Refused, since every row is an entity and no two are the same.

        Raises:
            CompileError: always.
        """
        raise CompileError(f"distinct: the rows of {self} are entities, of which no two are the same")

    if not TYPE_CHECKING:  # a checker that saw this would let any name pass

        def __getattr__(self, name):
            raise habit_error(f"a {self.function}", name, self.habits) or AttributeError(
                f"{type(self).__name__!r} object has no attribute {name!r}", name=name, obj=self
            )

    # -- set operations -----------------------------------------------------------------------------------------------

    def intersect(self, *others: Statement[E]) -> Self:
        """One query for the entities that this query and all others find (INTERSECT).

        Raises:
            CompileError: if the others have more than criteria, or ask for other entities or another place.
        """
        return self._combined(SetOperation.INTERSECT, others)

    def union(self, *others: Statement[E]) -> Self:
        """One query for the entities that this query or any other finds (UNION).

        Raises:
            CompileError: if the others have more than criteria, or ask for other entities or another place.
        """
        return self._combined(SetOperation.UNION, others)

    def except_(self, *others: Statement[E]) -> Self:
        """One query for the entities that this query finds and no other does (EXCEPT).

        Raises:
            CompileError: if the others have more than criteria, or ask for other entities or another place.
        """
        return self._combined(SetOperation.EXCEPT, others)

    def __and__(self, other: Statement[E]) -> Self:
        return self.intersect(other) if isinstance(other, Statement) else NotImplemented

    def __or__(self, other: Statement[E]) -> Self:
        return self.union(other) if isinstance(other, Statement) else NotImplemented

    def __sub__(self, other: Statement[E]) -> Self:
        return self.except_(other) if isinstance(other, Statement) else NotImplemented

    def _combined(self, operation: SetOperation, others: Iterable[Statement[E]]) -> Self:
        statements: tuple[Statement[E], ...] = (self, *others)
        for statement in statements:
            if not isinstance(statement, Statement):
                raise CompileError(f"{operation}: expected a query, got {statement!r}")
            self._check_can_be_combined(operation, statement)
        defaults = self.defaults  # they stay, so what the others find is narrowed by them too
        criteria = (one.criterion if one.defaults == defaults else one.condition for one in statements)
        criterion = combined(operation, *criteria)
        return attrs.evolve(self, criterion=criterion)

    def _check_can_be_combined(self, operation: SetOperation, other: Statement[Any]) -> None:
        limits = other.order or other.limited is not None or other.skipped
        if limits or other.json is not None or other.local != ALWAYS:
            raise CompileError(
                f"{operation}: {other} has an order, a limit, an offset, a local filter or a raw query; "
                "combine first, then add them"
            )
        if other.place is not None and other.place != self.place:
            raise CompileError(f"{operation}: {self} and {other} ask two places, which no one query can")
        if other.entity.__resource__ != self.entity.__resource__:
            raise CompileError(f"{operation}: {self} and {other} are not of the same entities")

    # -- how rows are loaded ------------------------------------------------------------------------------------------

    def options(self, *options: LoaderOption) -> Self:
        """Say what is loaded with the rows: `load_only(...)`, `selectinload(...)`, `raiseload(...)`.

        Raises:
            CompileError: if an argument is not one of these, or names something that is not the entity's.
        """
        for option in options:
            if not isinstance(option, LoaderOption):
                raise CompileError(f"options: expected load_only, selectinload or raiseload, got {option!r}")
            option.check(self.entity)
        return attrs.evolve(self, load_options=(*self.load_options, *options))

    def populate_existing(self) -> Self:
        """Let the rows overwrite unsaved changes of entities that the session already holds."""
        return attrs.evolve(self, overwrites=True)

    def no_tracking(self) -> Self:
        """Give detached entities that the session does not hold, for reading many rows and changing none."""
        return attrs.evolve(self, tracks=False)

    def yield_per(self, count: int) -> Self:
        """Iterate in pages of `count` rows; each page but its changed rows is released when the next begins.

        Raises:
            CompileError: if `count` is not an integer, or is negative.
        """
        return attrs.evolve(self, batch=max(natural("yield_per", count), 1))

    def raw(self, json: Any) -> Self:
        """Ask with a query in the service's own form: the document of its `query` parameter, sent as it is.

        Raises:
            CompileError: if the query already has criteria, or `json` is not an object.
        """
        if self.criterion != ALWAYS:
            raise CompileError(f"raw: {self} has criteria already; a raw query stands alone")
        if self.defaults != ALWAYS:
            raise CompileError(
                f"raw: {self.entity.__name__} has default criteria; a raw query stands alone: use without_criteria()"
            )
        if not isinstance(json, Mapping):
            raise CompileError(f"raw: expected the query as an object, as json.loads gives it, got {json!r}")
        try:
            return attrs.evolve(self, json=copied(json))
        except UnsendableError as error:
            raise CompileError(f"raw: the query {error.text}") from None

    def __str__(self) -> str:
        condition = "raw" if self.json is not None else str(self.criterion)
        parts = [f"{self.function}({self.entity.__name__})"]
        if condition != str(ALWAYS):
            parts.append(f"filter({condition})")
        if self.local != ALWAYS:
            parts.append(f"filter_locally({self.local})")
        if self.order:
            parts.append(f"order_by({', '.join(map(str, self.order))})")
        if self.limited is not None:
            parts.append(f"limit({self.limited})")
        if self.skipped:
            parts.append(f"offset({self.skipped})")
        return ".".join(parts)


def parts_of(statement: Statement[Any]) -> dict[str, Any]:
    """All that a statement says, by the names of its arguments, for another that says the same."""
    return {field.name: getattr(statement, field.name) for field in attrs.fields(Statement)}
