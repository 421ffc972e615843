"""Products that customers view, compare, wish for and review, and put in the cart or take out of it."""

from __future__ import annotations

from contacthub_orm.contacthub.entities.event import Event
from contacthub_orm.contacthub.events.shared import EventProperties
from contacthub_orm.contacthub.values.enums import EventType
from contacthub_orm.orm import Attr, Embedded, Properties, attr, embedded

__all__ = [
    "AddedCompare",
    "AddedProduct",
    "AddedWishlist",
    "CartProductProperties",
    "Classification",
    "MeasuredProduct",
    "Product",
    "ProductProperties",
    "RemovedCompare",
    "RemovedProduct",
    "RemovedWishlist",
    "ReviewedProduct",
    "ReviewedProductProperties",
    "ViewedProduct",
    "ViewedProductCategory",
    "ViewedProductCategoryProperties",
]


class Classification(Properties):
    """A property of a product as a key and a value, such as its colour."""

    key: Attr[str | None] = attr(default=None)
    value: Attr[str | None] = attr(default=None)


class Product(Properties):
    """The properties of a product that every event can have."""

    id: Attr[str | None] = attr(default=None)
    sku: Attr[str | None] = attr(default=None)
    name: Attr[str | None] = attr(default=None)
    price: Attr[float | None] = attr(default=None)
    category: Attr[list[str]] = attr(default=None)
    classifications: Attr[list[Classification]] = attr(default=None)
    shortDescription: Attr[str | None] = attr(default=None)
    imageUrl: Attr[str | None] = attr(default=None)
    linkUrl: Attr[str | None] = attr(default=None)


class MeasuredProduct(Product):
    """A product with its vendor, weight and quantity."""

    vendor: Attr[str | None] = attr(default=None)
    weight: Attr[float | None] = attr(default=None)
    itemQuantity: Attr[float | None] = attr(default=None)


class ProductProperties(MeasuredProduct, EventProperties):
    """The product that the customer viewed, compared or wished for."""


class CartProductProperties(ProductProperties):
    """The product that the customer put in the cart or took out of it, and its quantity."""

    quantity: Attr[float | None] = attr(default=None)
    unitOfMeasure: Attr[str | None] = attr(default=None)


class ReviewedProductProperties(Product, EventProperties):
    """The product that the customer reviewed, and its rating."""

    rating: Attr[str | None] = attr(default=None)


class ViewedProductCategoryProperties(EventProperties):
    """The category that the customer viewed."""

    category: Attr[str | None] = attr(default=None)


class ViewedProduct(Event, type=EventType.VIEWED_PRODUCT):
    """A customer viewed a product."""

    properties: Embedded[ProductProperties] = embedded(default=None, required=True)


class ViewedProductCategory(Event, type=EventType.VIEWED_PRODUCT_CATEGORY):
    """A customer viewed a category of products."""

    properties: Embedded[ViewedProductCategoryProperties] = embedded(default=None, required=True)


class ReviewedProduct(Event, type=EventType.REVIEWED_PRODUCT):
    """A customer reviewed a product."""

    properties: Embedded[ReviewedProductProperties] = embedded(default=None, required=True)


class AddedProduct(Event, type=EventType.ADDED_PRODUCT):
    """A customer put a product in the cart."""

    properties: Embedded[CartProductProperties] = embedded(default=None, required=True)


class RemovedProduct(Event, type=EventType.REMOVED_PRODUCT):
    """A customer took a product out of the cart."""

    properties: Embedded[CartProductProperties] = embedded(default=None, required=True)


class AddedCompare(Event, type=EventType.ADDED_COMPARE):
    """A customer added a product to a comparison."""

    properties: Embedded[ProductProperties] = embedded(default=None, required=True)


class RemovedCompare(Event, type=EventType.REMOVED_COMPARE):
    """A customer removed a product from a comparison."""

    properties: Embedded[ProductProperties] = embedded(default=None, required=True)


class AddedWishlist(Event, type=EventType.ADDED_WISHLIST):
    """A customer put a product on the wish list."""

    properties: Embedded[ProductProperties] = embedded(default=None, required=True)


class RemovedWishlist(Event, type=EventType.REMOVED_WISHLIST):
    """A customer took a product off the wish list."""

    properties: Embedded[ProductProperties] = embedded(default=None, required=True)
