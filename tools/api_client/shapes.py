"""The classes of answers (`records/`) and the typed dictionaries of bodies (`bodies/`)."""

from __future__ import annotations

import re
from typing import Any

from contacthub_orm.reference import operations
from tools.api_client.types import MAPS, MODELS, camel, class_name, type_in_answer, type_of_value

__all__ = ["Shapes"]

SUBJECTS = {
    "events": ["Event", "EventCreated", "Update", "UpdateStream", "LastOffset"],
    "customers": ["Customer", "Session", "CustomerExport"],
    "nodes": ["Node", "EntryNode", "AggregateNode", "AggregateSendSubscription", "NodeRetentionPolicy"],
    "analytics": ["TimeSeries", "KeyValueSeries", "KpiValue", "NodeInfo"],
}
"""The modules of answers by the models with which they begin; what else there is comes to `workspaces`."""

BODY_SUBJECTS = {
    "configuration": "configuration",
    "bulk_jobs": "workspaces",
    "workspaces": "workspaces",
    "events": "events",
}
"""The modules of bodies by the group of the first operation that sends them; what else there is, customers' send."""

ANSWERS = {
    "get_workspace_info": "WorkspaceInfoRecord",
    "get_product_update_event_types": "ProductUpdateEventTypesRecord",
    "set_aggregate_node_state": "AggregateNodeStateRecord",
    "set_workspace_status": "WorkspaceStatusRecord",
    "list_updates": "UpdateStreamRecord",
    "get_last_update_offset": "LastOffsetRecord",
    "export_customer": "CustomerExportRecord",
    "create_event": "EventCreatedRecord",
    "get_throttling": "ThrottlingRecord",
    "get_retention_status": "RetentionStatusRecord",
}
SERIES = {
    ("array", "TimeSeries"): "TimeSeriesAnswer",
    ("array", "KpiValue"): "KpiAnswer",
    ("array", "KeyValueSeries"): "KeyValueListAnswer",
    ("KeyValueSeries", None): "KeyValueAnswer",
}


SECRETS = {"token", "password"}


def _default(line: str) -> str:
    """What a field is without a value; no repr shows a secret."""
    secret = line.split(":")[0].strip() in SECRETS
    return "attrs.field(default=None, repr=False)" if secret else "None"


def words(name: str) -> str:
    """`NodeInfo` as words."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower()


class Shapes:
    """Collects the classes that the operations need, each before those that name it."""

    def __init__(self) -> None:
        self.records: dict[str, str] = {}
        self.bodies: dict[str, str] = {}
        self.module_of: dict[str, str] = {}
        self.body_module_of: dict[str, str] = {}
        self._subject = ""
        for module, names in SUBJECTS.items():
            for name in names:
                self._model(name, module)
        for operation in operations():
            self.answer(operation)
            self.body(operation)

    def answer(self, operation: dict[str, Any]) -> str:
        """The type of an operation's answer."""
        response = operation["response"]
        if "page_of" in response:
            return f"Pages[{self._model(response['page_of'])}]"
        for key in ("elements_of", "array_of"):
            if key in response:
                return f"list[{self._model(response[key])}]"
        if "object" in response:
            return self._model(response["object"])
        if "map_of" in response:
            return self._map(response["map_of"])
        if "fields" in response:
            return self._fields(operation, response["fields"])
        return {"raw": "str", "json_schema": "dict[str, Any]", "empty": "None"}[next(iter(response))]

    def _map(self, kind: str) -> str:
        if kind in MODELS:
            return f"dict[str, {self._model(kind)}]"
        inner = kind.removeprefix("map of ")
        if inner in MODELS:
            return f"dict[str, dict[str, {self._model(inner)}]]"
        return "dict[str, list[str]]" if kind == "array of string" else "dict[str, Any]"

    def _fields(self, operation: dict[str, Any], fields: dict[str, Any]) -> str:
        data = fields.get("data")
        if data is not None:
            name = SERIES[data["type"], data.get("items")]
            module = "analytics"
        else:
            same = [
                model for model, shape in MODELS.items() if shape.get("fields", {}).keys() == fields.keys()
            ]
            name = ANSWERS.get(operation["id"]) or (
                class_name(same[0]) if same else ANSWERS[operation["id"].replace("update_", "get_", 1)]
            )
            module = "workspaces"
        self._record(name, fields, module, f"The answer of `{operation['id']}`.")
        return name

    def _model(self, name: str, module: str = "workspaces") -> str:
        shape = MODELS[name]
        self._record(class_name(name), shape["fields"], module, f"The {words(name)} of an answer.")
        return class_name(name)

    def _record(self, name: str, fields: dict[str, Any], module: str, says: str) -> None:
        if name in self.records:
            return
        self.module_of[name] = module
        lines = []
        for key, field in fields.items():
            nested = f"{name.removesuffix('Record')}{camel(key)}Record"
            if isinstance(field.get("fields"), dict):
                self._record(nested, field["fields"], module, f"`{key}` of `{name}`.")
            for model in (field.get("type"), field.get("items"), str(field.get("type")).split(" to ")[-1]):
                if model in MODELS and model not in MAPS and class_name(model) != name:
                    self._model(model, module)
            kind = type_in_answer(field, nested)
            lines.append(f"    {key}: {kind}" if kind == "Any" else f"    {key}: {kind} | None")
        body = "\n".join(f"{line} = {_default(line)}" for line in lines)
        self.records[name] = (
            f'@attrs.frozen(kw_only=True)\nclass {name}(Record):\n    """{says}"""\n\n{body}\n'
        )

    def body(self, operation: dict[str, Any]) -> str | None:
        """The type of the document that an operation sends."""
        body = operation["body"]
        self._subject = BODY_SUBJECTS.get(operation["group"], "customers")
        if body is None:
            return None
        if "object" in body:
            return self._sent_model(body["object"])
        if "map_of" in body:
            kind = body["map_of"]
            inner = "list[str]" if kind == "array of string" else self._sent_model(kind)
            return f"dict[str, {inner}]"
        name = f"{camel(operation['id'])}Body"
        self._sent(name, body["fields"], f"What `{operation['id']}` sends.")
        return name

    def _sent_model(self, name: str) -> str:
        found = f"{name}Body"
        self._sent(found, MODELS[name]["fields"], f"The {words(name)} of a body.")
        return found

    def _sent(self, name: str, fields: dict[str, Any], says: str) -> None:
        if name in self.bodies:
            return
        self.body_module_of[name] = self._subject
        lines = []
        for key, field in fields.items():
            if field.get("system") and not field.get("required"):
                continue
            nested = f"{name.removesuffix('Body')}{camel(key)}Body"
            if isinstance(field.get("fields"), dict):
                self._sent(nested, field["fields"], f"`{key}` of `{name}`.")
            for model in (field.get("type"), field.get("items"), str(field.get("type")).split(" to ")[-1]):
                if model in MODELS and model not in MAPS:
                    self._sent_model(model)
            kind = type_of_value(field, nested, lambda model: f"{model}Body")
            if field.get("required") is True:
                kind = f"Annotated[{kind}, Filled()]" if key == "nodeId" else f"Required[{kind}]"
            lines.append(f"    {key}: {kind}")
        body = "\n".join(lines)
        self.bodies[name] = f'class {name}(TypedDict, total=False):\n    """{says}"""\n\n{body}\n'
