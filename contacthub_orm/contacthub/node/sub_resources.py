"""The operations of a node on educations, jobs, likes and subscriptions, with the names of the Python SDK's manual.

The four kinds work alike, but the manual names their arguments differently, so each kind has methods of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from contacthub_orm.contacthub.entities.sub_resources import Education, Job, Like, SubResource, Subscription
from contacthub_orm.contacthub.node.base import NodeBase
from contacthub_orm.contacthub.values.argument_aliases import identity
from contacthub_orm.orm.entity.resource import joined_identity

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["SubResourceOperations"]

S = TypeVar("S", bound=SubResource)


class SubResourceOperations(NodeBase):
    """Operations that read, add, replace and remove one sub-resource of a customer by its own route."""

    def _get_sub_resource(self, kind: type[S], customer_id: str, own: str) -> S:
        customer = self._customer(customer_id)
        return self._read(
            kind, joined_identity(customer_id, identity("the sub-resource's id", own)), customer
        )

    def _add_sub_resource(self, kind: type[S], customer_id: str, attributes: Mapping[str, Any]) -> S:
        return kind.from_dict(self._customer(customer_id), attributes).post()

    def _update_sub_resource(
        self, kind: type[S], customer_id: str, own: str, attributes: Mapping[str, Any]
    ) -> S:
        values = {**attributes, "id": identity("id", own)}
        return kind.from_dict(self._customer(customer_id), values).put()

    def _remove_sub_resource(self, kind: type[S], customer_id: str, own: str) -> None:
        values = {"id": identity("the sub-resource's id", own)}
        kind.from_dict(self._customer(customer_id), values).delete()

    # -- educations ---------------------------------------------------------------------------------------------------

    def get_education(self, customer_id: str, education_id: str) -> Education:
        """Load an education of a customer.

        Raises:
            NotFoundError: if the customer or the education does not exist.
        """
        return self._get_sub_resource(Education, customer_id, education_id)

    get_customer_education = get_education

    def add_education(self, customer_id: str, **attributes: Any) -> Education:
        """Add an education to a customer; you choose its `id`."""
        return self._add_sub_resource(Education, customer_id, attributes)

    def update_education(self, customer_id: str, id: str, **attributes: Any) -> Education:
        """Replace an education of a customer. Removes what the attributes do not name."""
        return self._update_sub_resource(Education, customer_id, id, attributes)

    def remove_education(self, customer_id: str, education_id: str) -> None:
        """Remove an education of a customer.

        Raises:
            NotFoundError: if the customer or the education does not exist.
        """
        self._remove_sub_resource(Education, customer_id, education_id)

    # -- jobs ---------------------------------------------------------------------------------------------------------

    def get_job(self, customer_id: str, job_id: str) -> Job:
        """Load a job of a customer.

        Raises:
            NotFoundError: if the customer or the job does not exist.
        """
        return self._get_sub_resource(Job, customer_id, job_id)

    get_customer_job = get_job

    def add_job(self, customer_id: str, **attributes: Any) -> Job:
        """Add a job to a customer; you choose its `id`."""
        return self._add_sub_resource(Job, customer_id, attributes)

    def update_job(self, customer_id: str, id: str, **attributes: Any) -> Job:
        """Replace a job of a customer. Removes what the attributes do not name."""
        return self._update_sub_resource(Job, customer_id, id, attributes)

    def remove_job(self, customer_id: str, job_id: str) -> None:
        """Remove a job of a customer.

        Raises:
            NotFoundError: if the customer or the job does not exist.
        """
        self._remove_sub_resource(Job, customer_id, job_id)

    # -- likes --------------------------------------------------------------------------------------------------------

    def get_like(self, customer_id: str, like_id: str) -> Like:
        """Load a like of a customer.

        Raises:
            NotFoundError: if the customer or the like does not exist.
        """
        return self._get_sub_resource(Like, customer_id, like_id)

    get_customer_like = get_like

    def add_like(self, customer_id: str, **attributes: Any) -> Like:
        """Add a like to a customer; you choose its `id`."""
        return self._add_sub_resource(Like, customer_id, attributes)

    def update_like(self, customer_id: str, id: str, **attributes: Any) -> Like:
        """Replace a like of a customer. Removes what the attributes do not name."""
        return self._update_sub_resource(Like, customer_id, id, attributes)

    def remove_like(self, customer_id: str, like_id: str) -> None:
        """Remove a like of a customer.

        Raises:
            NotFoundError: if the customer or the like does not exist.
        """
        self._remove_sub_resource(Like, customer_id, like_id)

    # -- subscriptions ------------------------------------------------------------------------------------------------

    def get_subscription(self, customer_id: str, subscription_id: str) -> Subscription:
        """Load a subscription of a customer.

        Raises:
            NotFoundError: if the customer or the subscription does not exist.
        """
        return self._get_sub_resource(Subscription, customer_id, subscription_id)

    get_customer_subscription = get_subscription

    def add_subscription(self, customer_id: str, **attributes: Any) -> Subscription:
        """Add a subscription to a customer; you choose its `id`."""
        return self._add_sub_resource(Subscription, customer_id, attributes)

    def update_subscription(self, customer_id: str, id: str, **attributes: Any) -> Subscription:
        """Replace a subscription of a customer. Removes what the attributes do not name."""
        return self._update_sub_resource(Subscription, customer_id, id, attributes)

    def remove_subscription(self, customer_id: str, subscription_id: str) -> None:
        """Remove a subscription of a customer.

        Raises:
            NotFoundError: if the customer or the subscription does not exist.
        """
        self._remove_sub_resource(Subscription, customer_id, subscription_id)
