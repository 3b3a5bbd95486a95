"""Names of reasons on returns, which differ by market (fact sheet tiktok_shop 6.5).

Belongs here: what buyers and sellers give as reason, and what a seller rejects with. Does not: when one is needed.
GB names end in `_uk`; the reject names are the vendor's, the others have its form.
"""

from __future__ import annotations

_GOODS = ("RETURN_AND_REFUND", "REPLACEMENT", "EXCHANGE")
_ALL = ("REFUND", *_GOODS)
_DELIVERED = "ecom_order_delivered_reason_"
_BUYER = {
    f"{_DELIVERED}no_need": ("No longer needed", ("RETURN_AND_REFUND",)),
    f"{_DELIVERED}wrong_size": ("Item doesn't fit", _GOODS),
    f"{_DELIVERED}not_as_described": ("Item isn't as described", _GOODS),
    f"{_DELIVERED}damaged": ("Item arrived damaged", _ALL),
    f"{_DELIVERED}missing_items": ("Items are missing", ("REFUND", "REPLACEMENT")),
    f"{_DELIVERED}package_not_received": ("Package didn't arrive", ("REFUND",)),
}
_SELLER = {
    "seller_return_reason_buyer_requested": "The buyer asked for it",
    "seller_return_reason_damaged": "Item arrived damaged",
    "seller_return_reason_wrong_item": "A wrong item was sent",
    "seller_return_reason_goodwill": "Goodwill",
}
_OF_REQUEST = {
    "reverse_reject_request_reason_1": "The buyer's reason is not valid",
    "reverse_reject_request_reason_2": "The item cannot be returned",
    "reverse_reject_request_reason_3": "The buyer's pictures do not show it",
    "reverse_reject_request_reason_4": "Reached an agreement with the buyer",
    "reverse_reject_request_reason_5": "The item was delivered",
    "seller_reject_apply_item_is_correct": "The item is as ordered",
}
_OF_PARCEL = {
    "reverse_reject_return_parcel_reason_1": "The item is not the one sold",
    "reverse_reject_return_parcel_reason_2": "The item was used or washed",
    "reverse_reject_return_parcel_reason_3": "Items are missing from the package",
    "reverse_reject_return_parcel_reason_4": "The item came back damaged",
}
_SUFFIX = {"GB": "_uk"}


def buyer_reasons(region: str, type: str) -> dict[str, str]:
    """Return what a buyer may give as reason for a type of return, name to text."""
    return {_local(name, region): text for name, (text, types) in _BUYER.items() if type in types}


def seller_reasons(region: str) -> dict[str, str]:
    """Return what a seller may give as reason for a return that he starts, name to text."""
    return {_local(name, region): text for name, text in _SELLER.items()}


def reject_reasons(region: str, *, of_parcel: bool) -> dict[str, str]:
    """Return what a seller may reject with, name to text: a parcel that came back, or a request."""
    known = _OF_PARCEL if of_parcel else _OF_REQUEST
    return {_local(name, region): text for name, text in known.items()}


def reason_text(name: str) -> str:
    """Return what a reason of any market says; an unknown one speaks for itself."""
    known = name.removesuffix("_uk")
    return _BUYER[known][0] if known in _BUYER else _SELLER.get(known, name)


def _local(name: str, region: str) -> str:
    return name + _SUFFIX.get(region, "")
