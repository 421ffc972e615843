"""The module that is written of a workspace's schemas can be imported, checked, and used."""

from __future__ import annotations

import shutil
import subprocess
import sys
import types
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, get_args

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contacthub_orm import Event, Session, Workspace
from contacthub_orm.contacthub.entities import event_classes
from contacthub_orm.contacthub.modelling import Structure, WorkspaceSchemas, module_text
from contacthub_orm.contacthub.modelling.drift import differences
from contacthub_orm.contacthub.modelling.shapes import ListOf, field_of, shape_of
from contacthub_orm.orm.entity.validation import violations
from contacthub_orm.reference import enum, schema
from contacthub_orm.sandbox import Sandbox
from tests.contacthub.modelling.configured import configured, event_schema
from tests.support.stub_service import stub_service

LONG = "All that is known of where this came from. " * 4

PROPERTIES: dict[str, Any] = {
    "points": {"type": "integer", "description": "Loyalty points"},
    "tier": {"type": "string", "enum": ["silver", "gold", None]},
    "colour": {"enum": [f"a rather long name of a colour, number {number}" for number in range(4)]},
    "since": {"type": ["string", "null"], "format": "date"},
    "seen": {"type": "string", "format": "date-time", "contactlabProperties": {"label": "Last seen"}},
    "class": {"type": "string", "contactlabProperties": {"maxLength": 5, "label": LONG}},
    "favourite colour": {"type": "string"},
    "favourite_colour": {"type": "string"},
    "9lives": {"type": "number"},
    "_private": {"type": "boolean"},
    "keys": {"type": "string"},
    "to_dict": {"type": "string"},
    "str": {"type": "string"},
    "self": {"type": "string"},
    'with "quotes" and \\': {"type": "string", "description": 'Says """so""", \\'},
    "città": {"type": "string"},
    "anything": {},
    "free": {"type": "object"},
    "shops": {
        "type": "array",
        "items": {
            "type": "object",
            "required": ["city"],
            "properties": {
                "city": {"type": "string"},
                "days": {"type": "array", "items": {"enum": ["sat", "sun"]}},
            },
        },
    },
    "home": {
        "type": "object",
        "properties": {"opening-hours": {"type": "array", "items": {"type": "string"}}},
    },
}


def structure(properties: Mapping[str, Any]) -> Structure:
    return Structure({name: field_of(one) for name, one in properties.items()})


def turned(shape: Any) -> Any:
    """The same shape, with the properties of each object in the other order."""
    if isinstance(shape, ListOf):
        return ListOf(turned(shape.element))
    if not isinstance(shape, Structure) or shape.fields is None:
        return shape
    fields = {
        name: attrs.evolve(field, shape=turned(field.shape)) for name, field in reversed(shape.fields.items())
    }
    return Structure(fields)


def executed(text: str) -> types.ModuleType:
    module = types.ModuleType("written_module")
    sys.modules[module.__name__] = module  # annotations are looked up there
    exec(compile(text, "written_module.py", "exec"), module.__dict__)
    return module


@pytest.fixture(autouse=True)
def event_types_of_the_library() -> Iterator[None]:
    known = dict(event_classes._CLASSES)
    yield
    event_classes._CLASSES.clear()
    event_classes._CLASSES.update(known)


EVENTS = {
    "completedOrder": shape_of(
        event_schema(
            "completedOrder",
            **{
                "gift card": {"type": "string"},
                "extended": {"type": "object", "properties": {"vip": {"type": "boolean"}}},
            },
        )
    ),
    "wineTasting": structure({"wine": {"type": "string"}}),
    "viewedPage": shape_of(schema("event", "viewedPage")),
}


@pytest.fixture(scope="module")
def written() -> str:
    return module_text(structure(PROPERTIES), EVENTS)  # type: ignore[arg-type]


def test_the_text_is_the_same_in_whatever_order_the_properties_come(written: str) -> None:
    extended, events = (
        turned(structure(PROPERTIES)),
        {name: turned(one) for name, one in reversed(EVENTS.items())},
    )

    assert module_text(extended, events) == written


def test_the_text_satisfies_the_linter_and_the_formatter_at_any_line_length(
    written: str, tmp_path: Path
) -> None:
    ruff = shutil.which("ruff", path=Path(sys.executable).parent) or shutil.which("ruff")
    if ruff is None:
        pytest.skip("ruff is not installed")
    file = tmp_path / "_workspace.py"
    file.write_text(written, encoding="utf-8")

    for arguments in (
        [
            "check",
            "--isolated",
            "--select",
            "A,B,D,E,F,I,PIE,RET,SIM,UP,W",
            "--ignore",
            "E501,D203,D213,A003",
        ],
        ["format", "--isolated", "--check"],
        ["format", "--isolated", "--check", "--line-length", "120"],
    ):
        found = subprocess.run([ruff, *arguments, str(file)], capture_output=True, text=True, check=False)
        assert found.returncode == 0, found.stdout + written


@pytest.mark.slow
def test_both_type_checkers_accept_the_text(written: str, tmp_path: Path) -> None:
    pytest.importorskip("mypy")
    (tmp_path / "_workspace.py").write_text(written, encoding="utf-8")
    (tmp_path / "models.py").write_text(
        "from _workspace import WorkspaceCustomer\n\n\nclass Member(WorkspaceCustomer):\n    @property\n"
        "    def rich(self) -> bool:\n        return (self.extended.points or 0) > 100 and self.extended.tier == 'gold'\n"
    )
    cache = ["--cache-dir", str(tmp_path / "cache")]

    # A process of its own, because mypy raises the recursion limit of the one that it runs in.
    checked = [str(tmp_path / "_workspace.py"), str(tmp_path / "models.py")]
    command = [sys.executable, "-m", "mypy", "--strict", *cache, *checked]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout + found.stderr
    pyright = shutil.which("basedpyright", path=Path(sys.executable).parent)
    if pyright is not None:
        command = [pyright, "--pythonpath", sys.executable, "--level", "error", str(tmp_path)]
        found = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
        assert found.returncode == 0, found.stdout


def test_a_customer_with_the_written_properties_is_saved_and_queried(written: str) -> None:
    member_class = executed(written).WorkspaceCustomer
    accepted = {
        name: {key: value for key, value in one.items() if key not in ("description", "contactlabProperties")}
        for name, one in PROPERTIES.items()
    }

    with Sandbox(extended_schema=accepted) as sandbox, Session(sandbox.node) as session:
        member = member_class(externalId="1", base={"contacts": {"email": "a@example.com"}})
        extended = member.extended
        extended.points, extended.tier, extended.class_, extended.since = 3, "gold", "A", date(2024, 5, 1)
        extended.seen = datetime(2024, 5, 1, tzinfo=UTC)
        extended.favourite_colour, extended.favourite_colour_2 = "red", "blue"
        extended.shops = [{"city": "Rome", "days": ["sat"]}]
        extended.home.opening_hours = ["8-12"]
        session.add(member)
        session.commit()

        assert (
            session.query(member_class)
            .filter(member_class.extended.home.opening_hours.contains("8-12"))
            .count()
            == 1
        )
    assert member.to_dict()["extended"]["favourite colour"] == "red"
    assert member.to_dict()["extended"]["favourite_colour"] == "blue"
    assert type(member.extended.shops[0]).__name__ == "CustomerExtendedShops"


def test_a_string_that_is_longer_than_the_workspace_takes_is_refused(written: str) -> None:
    member = executed(written).WorkspaceCustomer(extended={"class": "too long"})

    assert [one.path for one in violations(member)] == ["WorkspaceCustomer.extended.class"]


def test_descriptions_and_values_stand_in_the_text(written: str) -> None:
    assert '"""Loyalty points."""' in written
    assert '"""Last seen."""' in written
    assert get_args(executed(written).CustomerExtendedTier) == ("silver", "gold")


def test_an_event_type_gets_what_the_workspace_adds_to_it(written: str) -> None:
    module = executed(written)

    order = module.WorkspaceCompletedOrder()
    order.properties.extended.vip = True
    order.properties.gift_card = "G1"
    order.properties.orderId = "o1"
    assert order.to_dict()["properties"] == {"extended": {"vip": True}, "gift card": "G1", "orderId": "o1"}
    assert issubclass(module.WorkspaceWineTasting, Event)
    assert module.WorkspaceWineTasting.__event_type__ == "wineTasting"
    assert not hasattr(module, "WorkspaceViewedPage")


def test_what_the_library_declares_as_published_gets_no_class() -> None:
    for event_type in enum("event_types"):
        text = module_text(Structure({}), {event_type: shape_of(schema("event", event_type))})  # type: ignore[dict-item]

        assert "class " not in text.partition('"""\n')[2].replace("these classes", "")


def test_parts_of_a_library_class_are_extended_too() -> None:
    found = event_schema("completedOrder")
    found["properties"]["amount"]["properties"]["tip"] = {"type": "number"}
    found["properties"]["products"]["items"]["properties"]["shelf"] = {"type": "string"}

    module = executed(module_text(Structure({}), {"completedOrder": shape_of(found)}))  # type: ignore[dict-item]

    order = module.WorkspaceCompletedOrder(
        properties={"amount": {"tip": 3}, "products": [{"sku": "1", "shelf": "B"}]}
    )
    assert order.properties.amount.tip == 3
    assert order.properties.products[0].shelf == "B"
    assert order.properties.products[0].sku == "1"


_NAMES = st.text(st.characters(exclude_characters="."), min_size=1, max_size=12) | st.sampled_from(
    [
        "class",
        "attr",
        "Attr",
        "keys",
        "self",
        "dt",
        "date",
        "None",
        "__init__",
        "_",
        "a-b",
        "a_b",
        "from_dict",
        "list",
        "key",
    ]
)
_LEAVES: st.SearchStrategy[dict[str, Any]] = st.sampled_from(
    [
        {"type": "string"}, {"type": "integer"}, {"type": ["number", "null"]}, {"type": "boolean"}, {}, {"type": "object"},
        {"type": "string", "format": "date"}, {"type": "string", "format": "date-time"}, {"type": "string", "format": "uri"},
        {"oneOf": [{"type": "null"}, {"type": "string"}]}, {"type": ["string", "number"]}, {"type": "nonsense"}, {"type": 3},
        {"enum": [1.5]}, {"enum": [True, 1]}, {"enum": []}, {"type": "array"},
    ]
) | st.builds(lambda values: {"type": "string", "enum": values}, st.lists(st.text(max_size=8), min_size=1, max_size=4))  # fmt: skip
_SCHEMAS: st.SearchStrategy[dict[str, Any]] = st.recursive(
    _LEAVES,
    lambda inner: (
        st.builds(lambda items: {"type": "array", "items": items}, inner)
        | st.builds(
            lambda properties, required: {
                "type": "object",
                "properties": properties,
                "required": [*properties][:required],
            },
            st.dictionaries(_NAMES, inner, max_size=4),
            st.integers(0, 2),
        )
    ),
    max_leaves=8,
)


@pytest.mark.slow
@settings(max_examples=80, deadline=None)
@given(st.dictionaries(_NAMES, _SCHEMAS, min_size=1, max_size=6), st.text(max_size=60))
def test_any_schema_gives_a_module_whose_classes_do_not_differ_from_it(
    properties: dict[str, Any], said: str
) -> None:
    first = next(iter(properties))
    extended = structure({**properties, first: {**properties[first], "description": said}})

    text = module_text(
        extended,
        {"completedOrder": Structure({"extended": field_of({"type": "object", "properties": properties})})},
    )
    module = executed(text.encode().decode())

    member = module.WorkspaceCustomer
    target = member.__attributes__["extended"].target
    assert list(differences("Member", target, extended, "extended")) == []
    assert set(target.__keys__) == set(properties)
    for attribute in target.__attributes__.values():
        assert attribute.declared is not None
    assert member(externalId="1").to_dict() == {"externalId": "1"}


def test_the_schemas_are_read_by_the_documented_calls() -> None:
    definitions = {
        "points": {"type": "integer", "description": "P", "contactlabProperties": {"enabled": True}},
        "gone": {"type": "string", "contactlabProperties": {"enabled": False}},
    }
    answer = configured(
        definitions, {"viewedPage": event_schema("viewedPage"), "loggedIn": event_schema("loggedIn")}
    )
    with stub_service(answer) as stub, Workspace("W", stub.token, stub.base_url) as workspace:
        schemas = WorkspaceSchemas(workspace.api)

        assert schemas.customer_extended() == structure({"points": {"type": "integer", "description": "P"}})
        assert list(schemas.all_events()) == ["loggedIn", "viewedPage"]
        guesses = [target for _, target in stub.requests if target.endswith("/properties/extended")]
    assert guesses == [
        "/configuration/properties/extended",
        "/configuration/events/viewedPage/properties/extended",
    ]


def test_types_beyond_the_first_page_are_asked_for_by_name() -> None:
    events = {name: event_schema(name) for name in ("viewedPage", "loggedIn", "searched")}
    answer = configured({}, events, first_page=1, disabled=("searched",))
    with stub_service(answer) as stub, Workspace("W", stub.token, stub.base_url) as workspace:
        assert list(WorkspaceSchemas(workspace.api).all_events()) == ["loggedIn", "viewedPage"]


@pytest.mark.parametrize("as_string", [False, True])
def test_extended_properties_of_events_come_from_their_own_route_or_from_the_schema(as_string: bool) -> None:
    inline = {"type": "object", "properties": {"vip": {"type": "boolean"}}}
    own = {"loggedIn": {"device": {"type": "string"}}}
    events = {"viewedPage": event_schema("viewedPage", extended=inline), "loggedIn": event_schema("loggedIn")}
    answer = configured({}, events, event_extended=own, as_string=as_string)
    with stub_service(answer) as stub, Workspace("W", stub.token, stub.base_url) as workspace:
        found = WorkspaceSchemas(workspace.api).all_events()

    assert found["viewedPage"].fields is not None
    assert found["loggedIn"].fields is not None
    assert found["viewedPage"].fields["extended"].shape == structure({"vip": {"type": "boolean"}})
    assert found["loggedIn"].fields["extended"].shape == structure({"device": {"type": "string"}})


def test_a_type_that_the_library_does_not_know_is_read_from_the_list() -> None:
    events = {"wineTasting": {"type": "object", "properties": {"wine": {"type": "string"}}}}
    with stub_service(configured({}, events)) as stub, Workspace("W", stub.token, stub.base_url) as workspace:
        schemas = WorkspaceSchemas(workspace.api)

        assert schemas.all_events() == {"wineTasting": structure({"wine": {"type": "string"}})}
        assert schemas.event_properties("wineTasting") == structure({"wine": {"type": "string"}})
        assert schemas.event_properties("beerTasting") is None


def test_a_workspace_that_adds_nothing_gives_a_module_without_classes() -> None:
    assert executed(module_text(Structure({}), {})).__doc__
