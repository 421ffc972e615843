"""The settings of a Notihub: its pages, its tokens, its templates, its delays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from contacthub_orm.sandbox.service.settings import ServerSettings, ServerSettingsArguments

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

__all__ = ["MECHANISMS", "Mechanism", "NotihubSettings", "NotihubSettingsArguments", "NotihubTemplate"]

Mechanism: TypeAlias = Literal["EMAIL", "PHONE", "PUSH"]

MECHANISMS: Final[tuple[Mechanism, ...]] = ("EMAIL", "PHONE", "PUSH")
SIX_HOURS: Final = 6 * 60 * 60.0


@dataclass(frozen=True, kw_only=True)
class NotihubTemplate:
    """A template of messages, as somebody made it in Notihub's dashboard.

    Attributes:
        group: the id of its group, by which customers have preferences.
        mechanisms: how it can be delivered.
        languages: those that it exists in; None is all.
        needs_verified: whether it goes to verified contacts only.
    """

    group: str
    mechanisms: Collection[Mechanism] = MECHANISMS
    languages: Collection[str] | None = None
    needs_verified: bool = False

    def __post_init__(self) -> None:
        """Refuse a mechanism that there is not.

        Raises:
            ValueError: if there is one.
        """
        if isinstance(self.mechanisms, str) or not set(self.mechanisms) <= set(MECHANISMS):
            raise ValueError(f"mechanisms are among {', '.join(MECHANISMS)}, not {self.mechanisms!r}")


class NotihubSettingsArguments(ServerSettingsArguments, total=False):
    """The keyword arguments that set `NotihubSettings`, for type checkers."""

    token_lifetime: float
    first_page: int
    default_limit: int
    max_limit: int
    search_delay: float
    delivery_delay: float
    language: str
    templates: Mapping[str, NotihubTemplate] | None


@dataclass(frozen=True, kw_only=True)
class NotihubSettings(ServerSettings):
    """The settings of one Notihub; `NotihubSandbox` takes the same names as keyword arguments.

    Those of `ServerSettings` are among them.

    Attributes:
        token_lifetime: seconds for which an access token is valid.
        first_page: the number of a list's first page, 1 or 0. The Node SDK's example begins with 1; Notihub's
            documentation says 0.
        default_limit: elements in a page if the request does not say.
        max_limit: the largest number of elements in a page.
        search_delay: seconds until lists show a new customer or message. A GET by id does not wait.
        delivery_delay: seconds for which deliveries wait in the queue.
        language: the environment's language, for customers who have none.
        templates: the templates by their ids. With None, every id is that of a template that can be delivered
            in all ways; the part before its last dot names the group.
    """

    token_lifetime: float = SIX_HOURS
    first_page: int = 1
    default_limit: int = 25
    max_limit: int = 200
    search_delay: float = 0.0
    delivery_delay: float = 0.0
    language: str = "en_US"
    templates: Mapping[str, NotihubTemplate] | None = None

    def __post_init__(self) -> None:
        """Refuse invalid settings.

        Raises:
            ValueError: if a number is out of its range.
            TypeError: if something is no `Fault` or no `NotihubTemplate`.
        """
        super().__post_init__()
        if self.first_page not in (0, 1):
            raise ValueError(f"first_page is 0 or 1, not {self.first_page!r}")
        if not 1 <= self.default_limit <= self.max_limit:
            raise ValueError("default_limit is from 1 to max_limit")
        if not all(isinstance(template, NotihubTemplate) for template in (self.templates or {}).values()):
            raise TypeError("templates are NotihubTemplate by their ids")

    def template(self, template_id: str) -> NotihubTemplate | None:
        """The template of an id, or None if there is none."""
        if self.templates is not None:
            return self.templates.get(template_id)
        return NotihubTemplate(group=template_id.rpartition(".")[0] or template_id)
