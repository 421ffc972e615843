"""The operations of a node on educations, jobs, likes and subscriptions, under the names of the Python SDK's manual.

The four kinds are alike; their arguments are not named alike, so that each has methods of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from contacthub_orm.contacthub.entities.elements import BelowCustomer, Education, Job, Like, Subscription
from contacthub_orm.contacthub.node.base import NodeBase
from contacthub_orm.contacthub.values.argument_aliases import identity
from contacthub_orm.orm.entity.resource import joined_identity

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["ElementOperations"]

B = TypeVar("B", bound=BelowCustomer)


class ElementOperations(NodeBase):
    """What lives below a customer: one read, added, replaced and removed by its own route."""

    def _get_element(self, element: type[B], customer_id: str, own: str) -> B:
        customer = self._customer(customer_id)
        return self._read(element, joined_identity(customer_id, identity("the element's id", own)), customer)

    def _add_element(self, element: type[B], customer_id: str, attributes: Mapping[str, Any]) -> B:
        return element.from_dict(self._customer(customer_id), attributes).post()

    def _update_element(
        self, element: type[B], customer_id: str, own: str, attributes: Mapping[str, Any]
    ) -> B:
        values = {**attributes, "id": identity("id", own)}
        return element.from_dict(self._customer(customer_id), values).put()

    def _remove_element(self, element: type[B], customer_id: str, own: str) -> None:
        values = {"id": identity("the element's id", own)}
        element.from_dict(self._customer(customer_id), values).delete()

    # -- educations ---------------------------------------------------------------------------------------------------

    def get_education(self, customer_id: str, education_id: str) -> Education:
        """An education of a customer. Raises NotFoundError where there is none."""
        return self._get_element(Education, customer_id, education_id)

    get_customer_education = get_education

    def add_education(self, customer_id: str, **attributes: Any) -> Education:
        """Add an education to a customer; its `id` is yours to choose."""
        return self._add_element(Education, customer_id, attributes)

    def update_education(self, customer_id: str, id: str, **attributes: Any) -> Education:
        """Replace an education of a customer: what the attributes do not name is removed."""
        return self._update_element(Education, customer_id, id, attributes)

    def remove_education(self, customer_id: str, education_id: str) -> None:
        """Remove an education of a customer. Raises NotFoundError where there is none."""
        self._remove_element(Education, customer_id, education_id)

    # -- jobs ---------------------------------------------------------------------------------------------------------

    def get_job(self, customer_id: str, job_id: str) -> Job:
        """A job of a customer. Raises NotFoundError where there is none."""
        return self._get_element(Job, customer_id, job_id)

    get_customer_job = get_job

    def add_job(self, customer_id: str, **attributes: Any) -> Job:
        """Add a job to a customer; its `id` is yours to choose."""
        return self._add_element(Job, customer_id, attributes)

    def update_job(self, customer_id: str, id: str, **attributes: Any) -> Job:
        """Replace a job of a customer: what the attributes do not name is removed."""
        return self._update_element(Job, customer_id, id, attributes)

    def remove_job(self, customer_id: str, job_id: str) -> None:
        """Remove a job of a customer. Raises NotFoundError where there is none."""
        self._remove_element(Job, customer_id, job_id)

    # -- likes --------------------------------------------------------------------------------------------------------

    def get_like(self, customer_id: str, like_id: str) -> Like:
        """A like of a customer. Raises NotFoundError where there is none."""
        return self._get_element(Like, customer_id, like_id)

    get_customer_like = get_like

    def add_like(self, customer_id: str, **attributes: Any) -> Like:
        """Add a like to a customer; its `id` is yours to choose."""
        return self._add_element(Like, customer_id, attributes)

    def update_like(self, customer_id: str, id: str, **attributes: Any) -> Like:
        """Replace a like of a customer: what the attributes do not name is removed."""
        return self._update_element(Like, customer_id, id, attributes)

    def remove_like(self, customer_id: str, like_id: str) -> None:
        """Remove a like of a customer. Raises NotFoundError where there is none."""
        self._remove_element(Like, customer_id, like_id)

    # -- subscriptions ------------------------------------------------------------------------------------------------

    def get_subscription(self, customer_id: str, subscription_id: str) -> Subscription:
        """A subscription of a customer. Raises NotFoundError where there is none."""
        return self._get_element(Subscription, customer_id, subscription_id)

    get_customer_subscription = get_subscription

    def add_subscription(self, customer_id: str, **attributes: Any) -> Subscription:
        """Add a subscription to a customer; its `id` is yours to choose."""
        return self._add_element(Subscription, customer_id, attributes)

    def update_subscription(self, customer_id: str, id: str, **attributes: Any) -> Subscription:
        """Replace a subscription of a customer: what the attributes do not name is removed."""
        return self._update_element(Subscription, customer_id, id, attributes)

    def remove_subscription(self, customer_id: str, subscription_id: str) -> None:
        """Remove a subscription of a customer. Raises NotFoundError where there is none."""
        self._remove_element(Subscription, customer_id, subscription_id)
