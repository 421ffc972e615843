"""What customers do on a site or in an app: pages, links, searches, logins, settings and forms."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from contacthub_orm.contacthub.entities.event import Event
from contacthub_orm.contacthub.events.shared import EventProperties
from contacthub_orm.contacthub.values.enums import EventType
from contacthub_orm.orm import Attr, Embedded, attr, embedded

__all__ = [
    "ChangedSetting",
    "ChangedSettingProperties",
    "ClickedLink",
    "ClickedLinkProperties",
    "FormCompiled",
    "FormCompiledProperties",
    "LoggedIn",
    "LoggedOut",
    "PageProperties",
    "Searched",
    "SearchedProperties",
    "Setting",
    "SurveyCompiled",
    "ViewedPage",
    "ViewedPageProperties",
]


class Setting(StrEnum):
    """The setting of their account that a customer changed."""

    LANGUAGE = "LANGUAGE"
    TIMEZONE = "TIMEZONE"
    CURRENCY = "CURRENCY"
    EMAIL = "EMAIL"
    PASSWORD = "PASSWORD"
    USERNAME = "USERNAME"
    OTHER = "OTHER"


class PageProperties(EventProperties):
    """A page, as a browser describes it."""

    url: Attr[str | None] = attr(default=None)
    title: Attr[str | None] = attr(default=None)
    path: Attr[str | None] = attr(default=None)
    search: Attr[str | None] = attr(default=None)
    referer: Attr[str | None] = attr(default=None)


class ViewedPageProperties(PageProperties):
    """The page that the customer viewed."""

    pageCategories: Attr[list[str]] = attr(default=None)
    pageTags: Attr[list[str]] = attr(default=None)


class ClickedLinkProperties(PageProperties):
    """The page that the link led to."""

    linkTags: Attr[list[str]] = attr(default=None)


class SearchedProperties(EventProperties):
    """A search and the number of its results."""

    keyword: Attr[str | None] = attr(default=None)
    resultCount: Attr[float | None] = attr(default=None)


class ChangedSettingProperties(EventProperties):
    """A setting with its old and its new value."""

    setting: Attr[Setting | None] = attr(default=None)
    oldValue: Attr[str | None] = attr(default=None, repr=False)
    newValue: Attr[str | None] = attr(default=None, repr=False)


class FormCompiledProperties(EventProperties):
    """A form; `data` holds what the customer filled in."""

    formId: Attr[str | None] = attr(default=None)
    formName: Attr[str | None] = attr(default=None)
    data: Embedded[Any] = embedded(default=None)


class ViewedPage(Event, type=EventType.VIEWED_PAGE):
    """A customer viewed a page."""

    properties: Embedded[ViewedPageProperties] = embedded(default=None, required=True)


class ClickedLink(Event, type=EventType.CLICKED_LINK):
    """A customer followed a link."""

    properties: Embedded[ClickedLinkProperties] = embedded(default=None, required=True)


class Searched(Event, type=EventType.SEARCHED):
    """A customer searched for something."""

    properties: Embedded[SearchedProperties] = embedded(default=None, required=True)


class LoggedIn(Event, type=EventType.LOGGED_IN):
    """A customer logged in."""

    properties: Embedded[EventProperties] = embedded(default=None, required=True)


class LoggedOut(Event, type=EventType.LOGGED_OUT):
    """A customer logged out."""

    properties: Embedded[EventProperties] = embedded(default=None, required=True)


class ChangedSetting(Event, type=EventType.CHANGED_SETTING):
    """A customer changed a setting."""

    properties: Embedded[ChangedSettingProperties] = embedded(default=None, required=True)


class FormCompiled(Event, type=EventType.FORM_COMPILED):
    """A customer filled in a form."""

    properties: Embedded[FormCompiledProperties] = embedded(default=None, required=True)


class SurveyCompiled(Event, type=EventType.SURVEY_COMPILED):
    """A customer answered a survey. The schema is not published, so `properties` accepts any key."""
