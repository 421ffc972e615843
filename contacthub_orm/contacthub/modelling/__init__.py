"""Classes and the workspace: source text written of its schemas, and where declared classes differ from them."""

from contacthub_orm.contacthub.modelling.drift import Difference as Difference
from contacthub_orm.contacthub.modelling.drift import check as check
from contacthub_orm.contacthub.modelling.shapes import Structure as Structure
from contacthub_orm.contacthub.modelling.source import module_text as module_text
from contacthub_orm.contacthub.modelling.workspace_schemas import WorkspaceSchemas as WorkspaceSchemas

__all__ = ["Difference", "Structure", "WorkspaceSchemas", "check", "module_text"]
