"""What TikTok Shop is sent: stock, answers to cancellations and returns, labels, parcels and their tracking."""

from reverse_sync.concurrency import Concurrency
from reverse_sync.destinations.tiktok_shop.cancellation_answers import (
    open_cancellation_answers,
    refuse_cancellation_answer,
)
from reverse_sync.destinations.tiktok_shop.labels import open_labels, refuse_label
from reverse_sync.destinations.tiktok_shop.return_decisions import open_return_decisions, refuse_return_decision
from reverse_sync.destinations.tiktok_shop.shipments import open_shipments, refuse_shipment
from reverse_sync.destinations.tiktok_shop.stock import open_stock, refuse_stock
from reverse_sync.destinations.tiktok_shop.till_refunds import open_till_refunds, refuse_till_refund
from reverse_sync.destinations.tiktok_shop.tracking_corrections import (
    open_tracking_corrections,
    refuse_tracking_correction,
)
from reverse_sync.sync import ORDER_LANE, PARCEL_LANE, RETURN_LANE, STOCK_LANE, Sync

SYNCS = (
    Sync(
        name="tiktok_shop__cancellation_answers",
        lane=ORDER_LANE,
        text="Answers to buyers who ask to cancel, within TikTok Shop's own time.",
        counted="cancellation request{s} answered",
        open_destination=open_cancellation_answers,
        refuse=refuse_cancellation_answer,
    ),
    Sync(
        name="tiktok_shop__return_decisions",
        lane=RETURN_LANE,
        text="Decisions on returns that the tenant's policy takes, within TikTok Shop's own time.",
        counted="return{s} decided",
        open_destination=open_return_decisions,
        refuse=refuse_return_decision,
    ),
    Sync(
        name="tiktok_shop__till_refunds",
        lane=RETURN_LANE,
        text="Refunds of what came back to tills, paid the way the buyer had paid; none unless configured.",
        counted="refund{s} for goods at a till",
        open_destination=open_till_refunds,
        refuse=refuse_till_refund,
    ),
    Sync(
        name="tiktok_shop__labels",
        lane=ORDER_LANE,
        text="Labels and packages of orders that TikTok ships: taken, then handed over.",
        counted="label{s} bought from TikTok Shop",
        open_destination=open_labels,
        refuse=refuse_label,
    ),
    Sync(
        name="tiktok_shop__tracking_corrections",
        lane=ORDER_LANE,
        text="Tracking numbers on TikTok Shop that a later advice corrects: once, in 72 h.",
        counted="tracking number{s} corrected",
        open_destination=open_tracking_corrections,
        refuse=refuse_tracking_correction,
    ),
    Sync(
        name="tiktok_shop__shipments",
        lane=PARCEL_LANE,
        text="Parcels on TikTok Shop: tracking numbers, marked as shipped, once per carton.",
        counted="shipment{s} sent to TikTok Shop",
        open_destination=open_shipments,
        refuse=refuse_shipment,
        # fact sheet tiktok_shop 2.4: a ship call takes about a second, and eight beside each other are fine
        concurrency=Concurrency(calls=8, exclusive_by="order_id"),
    ),
    Sync(
        name="tiktok_shop__stock",
        lane=STOCK_LANE,
        text="Stock listed on TikTok Shop: corrected wherever it differs from what is available to sell.",
        counted="stock figure{s} to TikTok Shop",
        open_destination=open_stock,
        refuse=refuse_stock,
        limit_setting="stock.max_changes_per_run",
    ),
)
