"""PostSale/...: cancelling with a reason, inside the account only (fact sheet linnworks 10).

Belongs here: options and internal cancellations. Does not: Orders/CancelOrder; nor notifying the channel, which this
account's channel does not support, so that such a request ends in ERROR and changes nothing.
"""

from __future__ import annotations

from typing import Any

from sandbox.linnworks import order_life, orders
from sandbox.linnworks.orders import Body
from sandbox.linnworks.parameters import Parameters
from sandbox.store import Store

_REASONS = {"OUT_OF_STOCK": "Out of stock", "CUSTOMER_REQUEST": "Requested by the customer", "OTHER": "Other"}
_NO_CHANNEL = "Cancellation is not supported by the channel."
_NOTE_LENGTH = 500


def options(store: Store, given: Parameters) -> Body:
    """Return what can be done to cancel an order."""
    body = orders.found(store, given.guid("orderId"))
    reason = order_life.blocked(body)
    reasons = [
        {"Types": "Cancellation", "Tag": tag, "DisplayName": name, "SubReasons": []} for tag, name in _REASONS.items()
    ]
    return {
        "CanCancelInternally": not reason, "AutomaticRefundOnCancel": False, "CanCancel": False,
        "CanCancelOrderLines": False, "CanCancelPartially": False, "CanCancelFreeText": True,
        "CancelFreeTextOrNoteMaxLength": _NOTE_LENGTH, "CancellationReasons": reasons, "AllowRefundOnCancel": False,
        "OrderIsLockedOnUnhandledError": False, "Errors": [reason] if reason else [],
        "Order": orders.details(store, body),
    }  # fmt: skip


def create(store: Store, given: Parameters) -> Body:
    """Cancel an order within the account; what prevents it is reported in the body of a 200."""
    body = orders.found(store, given.guid("OrderId"))
    reason = order_life.blocked(body)
    internal = given.flag("InternalOnly") or given.flag("IsChannelInitiated")
    if not reason and not internal:
        reason = _NO_CHANNEL
    if not reason:
        tag, text = given.text("ReasonTag"), given.text("FreeTextOrNote")
        note = " - ".join(part for part in (_REASONS.get(tag, tag), text) if part)
        order_life.cancel(store, body, note=note, at=store.now)
    return _result(store, body["OrderId"], reason)


def _result(store: Store, id: str, error: str) -> Body:
    status: dict[str, Any] = {"StatusTag": "", "StatusDescription": error, "Actionable": False}
    return {
        "Status": "ERROR" if error else "PROCESSED",
        "SubStatus": {**status, "ActionDescription": "", "EditableFields": []},
        "ChannelExistingCancellations": [], "NeedsConfirmation": False, "RefundReference": "",
        "Errors": [error] if error else [], "Order": orders.details(store, orders.found(store, id)),
        "CancellationHeader": None, "OrderIsLockedOnUnhandledError": False,
    }  # fmt: skip
