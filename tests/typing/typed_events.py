"""What mypy and basedpyright know of typed events; read by the checkers, run by nothing but their import."""
# pyright: reportUnnecessaryTypeIgnoreComment=true

from __future__ import annotations

from datetime import datetime
from typing import Any, assert_type

from contacthub_orm import (
    Attr,
    CampaignSent,
    CompletedOrder,
    Criterion,
    Customer,
    Embedded,
    Event,
    EventParticipated,
    GrantedCoupon,
    LoggedIn,
    Properties,
    Query,
    Session,
    SurveyCompiled,
    ViewedPage,
    attr,
    embedded,
)
from contacthub_orm.contacthub.events import (
    Amount,
    CampaignChannel,
    Classification,
    CompletedOrderProperties,
    HappeningLocationType,
    OrderLine,
    OrderType,
    RetailContextInfo,
    StoreType,
    WebContextInfo,
    register,
)
from contacthub_orm.contacthub.values.enums import EventType
from contacthub_orm.orm import Expression


class Shipping(Properties):
    parcel: Attr[str | None] = attr(default=None)


class ParcelProperties(CompletedOrderProperties):
    extended: Embedded[Shipping] = embedded(default=None)


class ParcelOrder(CompletedOrder):
    # pyright calls every override of a variable's type an error; mypy knows that an attribute is a descriptor
    properties: Embedded[ParcelProperties] = embedded(default=None, required=True)  # pyright: ignore[reportIncompatibleVariableOverride]


class Tasting(Event, type="tasting"):
    properties: Embedded[Shipping] = embedded(default=None, required=True)


def properties_of_an_event(
    order: CompletedOrder, coupon: GrantedCoupon, visit: EventParticipated, sent: CampaignSent
) -> None:
    assert_type(order.properties, CompletedOrderProperties)
    assert_type(order.properties.orderId, str | None)
    assert_type(order.properties.type, OrderType | None)
    assert_type(order.properties.amount, Amount)
    assert_type(order.properties.amount.total, float | None)
    assert_type(order.properties.amount.local.currency, str | None)
    assert_type(order.properties.products, list[OrderLine])
    assert_type(order.properties.products[0].orderLineId, int | None)
    assert_type(order.properties.products[0].classifications, list[Classification])
    assert_type(order.properties.extended, Any)
    assert_type(order.type, EventType | None)
    assert_type(order.customer, Customer | None)
    assert_type(coupon.properties.totalAmount, float)
    assert_type(coupon.properties.startValidityDate, datetime)
    assert_type(coupon.properties.deliveryChannel.id, str)
    assert_type(visit.properties.eventDate, datetime | None)
    assert_type(visit.properties.eventLocation.type, HappeningLocationType | None)
    assert_type(visit.properties.eventLocation.address.geo.lat, float)
    assert_type(visit.properties.host.contacts.email, str | None)
    assert_type(sent.properties.channel, CampaignChannel | None)


def properties_of_a_class() -> None:
    assert_type(CompletedOrder.properties, type[CompletedOrderProperties])
    assert_type(CompletedOrder.properties.orderId, Expression[str | None])
    assert_type(CompletedOrder.properties.amount.total, Expression[float | None])
    assert_type(CompletedOrder.properties.amount.total > 100, Criterion)


def what_is_open(survey: SurveyCompiled, event: Event) -> None:
    assert_type(survey.properties, Any)
    assert_type(event.properties, Any)
    assert_type(event.contextInfo, Any)


def information_of_a_context(web: WebContextInfo, retail: RetailContextInfo) -> None:
    assert_type(web.client.ip, str | None)
    assert_type(web.client.localization.geo.lat, float | None)
    assert_type(retail.store.type, StoreType | None)
    assert_type(retail.salesAssistant.contacts.phone, str | None)


def queries(session: Session) -> None:
    assert_type(session.query(CompletedOrder), Query[CompletedOrder])
    assert_type(
        session.query(CompletedOrder).filter(CompletedOrder.customerId == "1").all(), list[CompletedOrder]
    )
    assert_type(session.get(ViewedPage, "1"), ViewedPage | None)


def classes_of_ones_own(order: ParcelOrder) -> None:
    assert_type(order.properties.extended.parcel, str | None)
    assert_type(order.properties.orderId, str | None)
    assert_type(register(ParcelOrder), type[ParcelOrder])
    assert_type(Tasting().properties.parcel, str | None)


def constructors(bruce: Customer) -> None:
    CompletedOrder(
        customer=bruce,
        context=Event.CONTEXTS.RETAIL,
        contextInfo=RetailContextInfo(user={"id": "u1"}),
        properties=CompletedOrderProperties(
            orderId="1", amount=Amount(total=10), products=[OrderLine(sku="x")]
        ),
    )
    ViewedPage(customerId="1", context=Event.CONTEXTS.WEB, properties={"url": "https://wayne.com"})
    LoggedIn(customer=bruce, context=Event.CONTEXTS.WEB)
    CompletedOrderProperties(orderID="1")  # type: ignore[call-arg]
    CompletedOrderProperties(orderId=1)  # type: ignore[arg-type]


def mistakes(order: CompletedOrder) -> None:
    order.properties.orderNumber  # type: ignore[attr-defined]  # noqa: B018
    order.properties.amount.total = "much"  # type: ignore[assignment]
