"""Factories: entities of your classes with plausible values, for tests and demonstrations. The extra `factories` brings it.

A factory is one of polyfactory's, so all that polyfactory documents of factories holds: `build`, `batch`, `Use`, `Ignore`.
"""

# pyright: reportMissingImports=false
# The extra may not be there.

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from random import Random
from types import FunctionType, MethodType
from typing import TYPE_CHECKING, Any, ClassVar, Final, Protocol, TypeGuard, TypeVar

from contacthub_orm.contacthub.entities.base import Address, Contacts, CustomerBase
from contacthub_orm.contacthub.entities.customer import Customer
from contacthub_orm.contacthub.entities.event import Event
from contacthub_orm.errors import ArgumentError
from contacthub_orm.orm import Embedded
from contacthub_orm.orm.mapping.mapped import Mapped

try:
    from faker import Faker
    from polyfactory.factories.base import BaseFactory
    from polyfactory.field_meta import FieldMeta
except ImportError as missing:
    raise ImportError(
        f'factories need {missing.name}; install them with: pip install "contacthub_orm[factories]"'
    ) from missing

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from contacthub_orm.orm.mapping.attributes import Attribute

__all__ = ["EntityFactory", "Factory", "factory"]

_FIRST_DAY: Final = date(2020, 1, 1)
_DAYS: Final = 6 * 365

E = TypeVar("E", bound=Customer | Event)

_PLAUSIBLE: Final[Mapping[type, Mapping[str, Callable[[Faker], Any] | None]]] = {
    Customer: {"externalId": lambda fake: f"X-{fake.unique.random_number(9, fix_len=True)}", "base": None},
    CustomerBase: {
        "firstName": lambda fake: fake.first_name(),
        "lastName": lambda fake: fake.last_name(),
        "dob": lambda fake: fake.date_between_dates(date(1940, 1, 1), date(2005, 12, 31)),
        "contacts": None,
        "address": None,
    },
    Contacts: {
        # No name is one person's alone, and a node takes customers with one address for one.
        "email": lambda fake: f"{fake.user_name()}.{fake.unique.random_number(9, fix_len=True)}@example.com",
        "mobilePhone": lambda fake: f"+1-555-01{fake.random_number(2, fix_len=True)}",
    },
    Address: {
        "street": lambda fake: fake.street_address(),
        "city": lambda fake: fake.city(),
        "zip": lambda fake: fake.postcode(),
    },
    Event: {"context": lambda fake: fake.random_element(["WEB", "MOBILE", "RETAIL", "ECOMMERCE"])},
}
"""What is filled in of the library's classes: a value, or what a class below has. The rest is left unset."""


class Factory(Protocol[E]):
    """Makes entities. It takes values by name, nested ones as dicts, as `factory` does."""

    def build(self, **values: Any) -> E:
        """Make one."""
        ...

    def batch(self, size: int, **values: Any) -> list[E]:
        """Make several."""
        ...


class EntityFactory(BaseFactory):  # type: ignore[misc, type-arg, unused-ignore]  # polyfactory is an extra
    """The base of all factories: fills in what your classes declare by its type, and a person's usual values."""

    __is_base_factory__ = True
    __allow_none_optionals__ = False

    __values__: ClassVar[Mapping[str, Any]] = {}
    __fields__: ClassVar[Sequence[FieldMeta]] = ()

    @classmethod
    def is_supported_type(cls, value: Any) -> TypeGuard[type[Any]]:
        """Whether a class is mapped."""
        return isinstance(value, type) and issubclass(value, Mapped)

    @classmethod
    def get_model_fields(cls) -> list[FieldMeta]:
        """The attributes that are filled in."""
        return list(cls.__fields__)

    @classmethod
    def get_provider_map(cls) -> dict[Any, Callable[[], Any]]:
        """What makes values of a type. Dates do not depend on today, or a seed would give others tomorrow."""
        chance = cls.__random__
        return {
            **super().get_provider_map(),
            date: lambda: _FIRST_DAY + timedelta(days=chance.randrange(_DAYS)),
            datetime: lambda: (
                datetime.combine(_FIRST_DAY, time(), UTC)
                + timedelta(minutes=chance.randrange(_DAYS * 24 * 60))
            ),
        }

    @classmethod
    def get_field_value(
        cls, field_meta: FieldMeta, field_build_parameters: Any = None, build_context: Any = None
    ) -> Any:
        """A value for an attribute: a plausible one, or one of its type."""
        attribute = cls.__model__.__attributes__.get(field_meta.name)
        make = None if attribute is None else _plausible(attribute.owner).get(field_meta.name)
        if make is not None:
            return make(cls.__faker__)
        return super().get_field_value(field_meta, field_build_parameters, build_context)

    @classmethod
    def process_kwargs(cls, **kwargs: Any) -> dict[str, Any]:
        """The values of one entity."""
        context = {name: kwargs.pop(name) for name in ("_build_context",) if name in kwargs}
        given = _merged(cls.__values__, kwargs)
        drawn = {name: cls._drawn(value) for name, value in given.items()}
        values: dict[str, Any] = super().process_kwargs(**context, **drawn)
        return values

    @classmethod
    def _drawn(cls, value: Any) -> Any:
        if isinstance(value, dict):
            return {name: cls._drawn(one) for name, one in value.items()}
        if isinstance(value, range | tuple):
            return cls.__random__.choice(value)
        if isinstance(value, set | frozenset):
            return cls.__random__.choice(sorted(value, key=repr))
        return value() if isinstance(value, FunctionType | MethodType) else value


def factory(entity: type[E], *, seed: int | None = None, locale: str = "en_US", **values: Any) -> Factory[E]:
    """Make a factory of entities: `factory(Member, extended={"points": range(500)})`.

    A customer gets an external id, a name, a birthday, an e-mail address at example.com, a telephone number that belongs to
    nobody, and an address; an event gets a context. What your own class declares gets a value of its type. The entities are
    new, and belong to no session.

    Args:
        entity: a class of customers or events.
        seed: with it, the factory makes the same entities each time the program runs.
        locale: of names and addresses, such as "it_IT".
        **values: what an attribute has: a value, a dict for an embedded object, a range, tuple or set for one of its
            elements, or a function that returns it.

    Raises:
        ArgumentError: if `entity` is no class of customers or events, or has no such attribute.
    """
    if not (isinstance(entity, type) and issubclass(entity, Customer | Event)):
        raise ArgumentError(f"factory: expected a class of customers or events, got {entity!r}")
    fake, chance = Faker(locale), Random(seed)
    fake.seed_instance(chance.getrandbits(64))
    made: Factory[E] = _made(entity, {"__random__": chance, "__faker__": fake}, values)
    return made


def _made(model: type[Mapped], options: Mapping[str, Any], values: Mapping[str, Any]) -> Any:
    """A factory of a class, with factories of the objects embedded in it."""
    filled = {
        name: attribute
        for name, attribute in model.__attributes__.items()
        if not attribute.read_only and (_is_own(attribute) or name in _plausible(attribute.owner))
    }
    below = {
        name: _made(attribute.target, options, {})
        for name, attribute in filled.items()
        if isinstance(attribute, Embedded) and not attribute.target.__open__
    }
    fields = [FieldMeta.from_type(_type_of(attribute), name=name) for name, attribute in filled.items()]
    return EntityFactory.create_factory(model, **options, **below, __values__=values, __fields__=fields)


def _type_of(attribute: Attribute) -> Any:
    return attribute.target if isinstance(attribute, Embedded) else attribute.declared


def _is_own(attribute: Attribute) -> bool:
    """Whether a class of the user's declares the attribute."""
    return attribute.owner.__module__.partition(".")[0] != __name__.partition(".")[0]


def _plausible(owner: type) -> Mapping[str, Callable[[Faker], Any] | None]:
    return _PLAUSIBLE.get(owner, {})


def _merged(values: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Values with others over them, dicts merged at every depth."""
    found = dict(values)
    for name, value in over.items():
        below = found.get(name)
        if isinstance(below, dict) and isinstance(value, dict):
            found[name] = _merged(below, value)
        else:
            found[name] = value
    return found
