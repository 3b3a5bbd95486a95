"""Loading TikTok Shop: products and stock, then orders, cancellations, returns, packages, settlements, payments.

Belongs here: which windows are read again, and when a missing record counts as deleted. Does not: the protocol
(connectors.tiktok_shop), what a shop lists (goods), returns (returns) or comparing versions (landing).

Listed stock is read before orders: a sale between both readings then makes us list too little, never too much. Orders,
cancellations, returns and packages are read by `update_time` with an overlap, since rows move while one pages (fact
sheet tiktok_shop 3.1). Statements change for weeks without a new id (7.1), so the last `reread_days` are read again
each time, with all of their transactions; nothing older than 2023-07-01 is offered. Unsettled estimates are a snapshot
(7.6). What is held in quarantine is read again every time, however old, so that a correction is seen.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

import pyarrow as pa

from connectors.transport.errors import CredentialError, EndpointRestingError, UnreachableError
from ingestion.coverage import BEGINNING
from ingestion.load_context import LoadContext, Origin, Reading, valid_versions
from ingestion.tiktok_shop.fields import FIELDS, FIRST_STATEMENT, is_id, numbered, summary_of
from ingestion.tiktok_shop.goods import load_goods
from ingestion.tiktok_shop.reading import SYSTEM, Shop, updated_listing
from ingestion.tiktok_shop.returns import load_returns
from ingestion.versions import deletion_of
from tieout.errors import ConfigError, DataError, TieoutError

if TYPE_CHECKING:  # for types alone: whoever opens the client pays for loading HTTP
    from connectors.tiktok_shop.client import TikTokShopClient
    from connectors.tiktok_shop.statements import StatementDetail

ORDERS_PER_CALL = 50
MOST_HELD = 500  # read again by id in one load; the rest with the next, once these are valid
MOST_SETTLED = 250  # settled orders read again by id in one load, a new sample each time
ORDER_NOTIFICATIONS = ("1", "3", "11")  # order status, recipient address, cancellation status


def load(context: LoadContext, client: TikTokShopClient) -> None:
    """Read every configured shop. An entity that cannot be read is listed as a problem; the others go on.

    Raises:
        ConfigError: when a configured shop has not authorized the app.
        CredentialError: when access is refused: nothing else of this system can be read.
    """
    _check_shops(context, client)
    for shop in context.settings.tiktok_shop.shops:
        _load_shop(Shop(context, client, shop.shop_id))


def _check_shops(context: LoadContext, client: TikTokShopClient) -> None:
    authorized = {shop.id for shop in client.shops()}
    missing = [shop.shop_id for shop in context.settings.tiktok_shop.shops if shop.shop_id not in authorized]
    if missing:
        raise ConfigError(
            f"shop {', '.join(missing)} of tieout.toml [[tiktok_shop.shops]] has not authorized this app;"
            f" authorized: {', '.join(sorted(authorized)) or 'none'}. Let its owner authorize it, or remove the shop"
        )


def _load_shop(shop: Shop) -> None:
    listed: set[str] = set()
    referenced: set[str] = set()
    wants = shop.context.wants
    if wants("warehouses", "products", "product_details", "inventory"):
        load_goods(shop)
    shop.guarded("orders", partial(_orders, listed=listed))
    if wants("cancellations"):
        shop.guarded("cancellations", _cancellations)
    if wants("returns", "return_records"):
        load_returns(shop)
    if wants("packages"):
        shop.guarded("packages", _packages)
    if wants("statements", "statement_transactions", "statement_summaries"):
        shop.guarded("statements", partial(_statements, referenced=referenced))
    if wants("payments"):
        shop.guarded("payments", _payments)
    if wants("unsettled_transactions"):
        shop.guarded("unsettled_transactions", _unsettled)
    shop.guarded("orders", partial(_named_orders, listed=listed, referenced=referenced))


def _orders(shop: Shop, *, listed: set[str]) -> None:
    start = shop.overlapping_from("orders")
    without_id = shop.context.quarantine.without_id_since(SYSTEM, "orders", shop_id=shop.id)
    start = min(start, without_id) if start and without_id else start
    pages = shop.client.search_orders(shop.id, updated_from=start)
    reading, as_of = shop.listing("orders", pages)
    listed |= reading.ids
    # Not `shop.cover`: an order in quarantine may lie outside of the window; it leaves it when it is read by id.
    shop.context.quarantine.without_id_read(SYSTEM, "orders", shop_id=shop.id, start=start)
    shop.context.cover("orders", start=start or BEGINNING, end=as_of, rows=len(reading.ids), shop_id=shop.id)


def _cancellations(shop: Shop) -> None:
    updated_listing(shop, "cancellations", lambda start: shop.client.cancellations(shop.id, updated_from=start))


def _packages(shop: Shop) -> None:
    updated_listing(shop, "packages", lambda start: shop.client.packages(shop.id, updated_from=start))


def _statements(shop: Shop, *, referenced: set[str]) -> None:
    recent = _reread_from(shop, "statements", "statement_transactions")
    held = _held_statements(shop)
    start = _reaching(shop, "statements", held, recent=recent)
    pages = shop.client.statements(shop.id, statement_from=start)
    reading, as_of = shop.listing("statements", pages)
    shop.delete_vanished("statements", reading, at=as_of, since=start)
    shop.cover("statements", reading, start=start, end=as_of)
    wanted = reading.ids - {""} - (_landed_before(shop, recent) - held if start < recent else set())
    lines, complete = _transactions(shop, wanted, as_of=as_of, referenced=referenced)
    if complete:
        entity = "statement_transactions"
        shop.context.cover(entity, start=recent, end=as_of, rows=len(lines.ids), shop_id=shop.id)


def _transactions(shop: Shop, statements: set[str], *, as_of: datetime, referenced: set[str]) -> tuple[Reading, bool]:
    """Land the lines of each statement; return what they held, and whether every statement could be read."""
    entity = "statement_transactions"
    reading = Reading()
    read, deletable = 0, set()
    for tried, statement_id in enumerate(sorted(statements)):
        if not is_id(statement_id):
            message = (
                f"{SYSTEM} statement {statement_id[:40]!r}: expected an id in digits; its lines cannot be asked for"
            )
            shop.context.fail(entity, DataError(message), shop_id=shop.id)
            continue
        try:
            detail = shop.client.statement_transactions(shop.id, statement_id)
        except (CredentialError, UnreachableError):
            raise
        except EndpointRestingError as error:
            shop.context.fail(entity, _left_unread(error, len(statements) - tried), shop_id=shop.id)
            break
        except TieoutError as error:
            shop.context.fail(entity, DataError(f"statement {statement_id}: {error}"), shop_id=shop.id)
            continue
        read += 1
        deletable |= {statement_id} if _land_detail(shop, statement_id, detail, reading=reading) else set()
        referenced |= _order_ids(detail.rows)
    shop.context.landing.delete_vanished(entity, shop.id, seen=reading.ids, observed_at=as_of, parents=deletable)
    shop.context.report(f"{SYSTEM} {entity}: {len(reading.ids)} rows of {read} statements, shop {shop.id}")
    return reading, read == len(statements)


def _left_unread(error: EndpointRestingError, statements: int) -> DataError:
    return DataError(f"{error}; {statements} statements wait for the next run")


def _land_detail(shop: Shop, statement_id: str, detail: StatementDetail, *, reading: Reading) -> bool:
    """Land a statement's rows and its header; False when a row without id means that no other may count as deleted."""
    mine = Reading()
    origin = Origin("statement_transactions", detail.as_of, shop.id, statement_id, detail.api_version)
    rows = valid_versions(shop.context, origin, detail.rows, reading=mine, parent=lambda _row: statement_id)
    versions = list(numbered(rows))
    shop.context.landing.add("statement_transactions", versions)
    reading.ids |= mine.ids | {version.id for version in versions}
    shop.context.quarantine.scope_read(SYSTEM, "statement_transactions", shop_id=shop.id, scope=statement_id)
    header = Origin("statement_summaries", detail.as_of, shop.id, statement_id, detail.api_version)
    summary, fields = summary_of(statement_id, detail)
    summaries = valid_versions(shop.context, header, [summary], reading=Reading(), updated_at=fields.updated_at)
    shop.context.landing.add("statement_summaries", summaries)
    return mine.all_identified


def _payments(shop: Shop) -> None:
    held = {record.record_id for record in shop.held("payments")}
    start = _reaching(shop, "payments", held, recent=_reread_from(shop, "payments"))
    pages = shop.client.payments(shop.id, created_from=start)
    reading, as_of = shop.listing("payments", pages)
    shop.delete_vanished("payments", reading, at=as_of, since=start)
    shop.cover("payments", reading, start=start, end=as_of)


def _unsettled(shop: Shop) -> None:
    entity = "unsettled_transactions"
    reading, as_of = shop.listing(entity, shop.client.unsettled(shop.id))
    shop.delete_vanished(entity, reading, at=as_of)
    shop.cover(entity, reading, start=BEGINNING, end=as_of)


def _named_orders(shop: Shop, *, listed: set[str], referenced: set[str]) -> None:
    """Read orders by id: named by notifications or settled lines and in no listing, in doubt, and some settled ones.

    No listing shows that an order is gone, or was changed without a new `update_time`.
    """
    notified = shop.notified(ORDER_NOTIFICATIONS)
    unknown = _unknown_orders(shop, referenced - listed)
    settled = _drawn(shop, referenced - listed - unknown)
    held = {record.record_id for record in shop.held("orders")} | {line.parent_id for line in shop.held("order_lines")}
    again = sorted(filter(is_id, held))[:MOST_HELD]
    doubted = set(sorted(filter(is_id, shop.doubted_orders() - listed))[:MOST_HELD])
    wanted = sorted({order for order, _ in notified if order} | unknown | settled | set(again) | doubted)
    for start in range(0, len(wanted), ORDERS_PER_CALL):
        _orders_by_id(shop, wanted[start : start + ORDERS_PER_CALL], deletable=settled | doubted)
    shop.handled_once_landed(name for _, name in notified)


def _orders_by_id(shop: Shop, ids: Sequence[str], *, deletable: set[str]) -> None:
    """Land orders by id; one of `deletable` that is not in the answer is gone."""
    reading = Reading()
    page = shop.client.orders(shop.id, ids)
    origin = Origin("orders", page.as_of, shop.id, "by id", page.api_version)
    rows = valid_versions(shop.context, origin, page.rows, reading=reading, updated_at=FIELDS["orders"].updated_at)
    shop.context.landing.add("orders", rows)
    gone = deletable & set(ids) - reading.ids if reading.all_identified else set()
    shop.context.landing.add(
        "orders", (deletion_of(shop.id, order, observed_at=page.as_of, parent_id="") for order in sorted(gone))
    )


def _drawn(shop: Shop, orders: set[str]) -> set[str]:
    """Return as many of these orders as one load reads again, others with each load."""
    load_id = shop.context.landing.load_id
    return set(sorted(orders, key=lambda order: hashlib.sha256(f"{load_id}{order}".encode()).digest())[:MOST_SETTLED])


def _unknown_orders(shop: Shop, referenced: set[str]) -> set[str]:
    if not referenced:
        return set()
    connection = shop.context.connection
    connection.register("referenced", pa.table({"id": pa.array(sorted(referenced), pa.string())}))
    query = (
        "select referenced.id from referenced anti join raw_tiktok_shop.orders as orders"
        " on orders.id = referenced.id and orders.shop_id = $shop_id"
    )
    try:
        return {row[0] for row in connection.execute(query, {"shop_id": shop.id}).fetchall()}
    finally:
        connection.unregister("referenced")


def _order_ids(rows: Iterable[object]) -> set[str]:
    fields = ("order_id", "adjustment_order_id", "associated_order_id")
    found = (row.get(name) for row in rows if isinstance(row, dict) for name in fields)
    return {value for value in found if isinstance(value, str) and is_id(value)}


def _reread_from(shop: Shop, *entities: str) -> datetime:
    """Return where to begin: `reread_days` before what all of these entities are verified up to."""
    verified = [shop.verified_until(entity) for entity in entities]
    known = [instant for instant in verified if instant is not None]
    if len(known) < len(entities):
        return FIRST_STATEMENT
    return max(FIRST_STATEMENT, min(known) - timedelta(days=shop.context.settings.tiktok_shop.reread_days))


def _held_statements(shop: Shop) -> set[str]:
    """Return the statements that are held in quarantine, or hold something that is."""
    own = {record.record_id for record in shop.held("statements", "statement_summaries")}
    return own | {line.parent_id for line in shop.held("statement_transactions")}


def _reaching(shop: Shop, entity: str, held: set[str], *, recent: datetime) -> datetime:
    """Return where a listing must begin to show these records too; one whose time is not known may be any age."""
    if not held:
        return recent
    query = (
        f"select count(distinct id), min(updated_at) from raw_tiktok_shop.{entity}"
        " where shop_id = $shop_id and list_contains($ids, id) and updated_at is not null"
    )
    binds = {"shop_id": shop.id, "ids": sorted(held)}
    known, oldest = shop.context.connection.execute(query, binds).fetchone() or (0, None)
    return FIRST_STATEMENT if known < len(held) else max(FIRST_STATEMENT, min(recent, oldest))


def _landed_before(shop: Shop, recent: datetime) -> set[str]:
    query = "select distinct id from raw_tiktok_shop.statements where shop_id = $shop_id and updated_at < $recent"
    return {row[0] for row in shop.context.connection.execute(query, {"shop_id": shop.id, "recent": recent}).fetchall()}
