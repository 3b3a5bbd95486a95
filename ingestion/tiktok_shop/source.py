"""TikTok Shop as a dlt source: one resource for each raw table, for pipelines of dlt's users.

Belongs here: resources, their keys and cursors. Does not: the wire (connectors.tiktok_shop), the shape of rows
(fields), or our own loading, which sees more: deletions, and orders that notifications and settled lines name (loader).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from typing import Any

import dlt

from connectors.tiktok_shop.client import TikTokShopClient, open_tiktok_shop
from connectors.tiktok_shop.pages import Page
from connectors.tiktok_shop.requester import Detail
from ingestion.dlt_rows import changed_since, in_table, merged, record, records_in, usable, whole
from ingestion.load_context import Origin, id_of
from ingestion.tiktok_shop.fields import FIELDS, FIRST_STATEMENT, is_id, numbered, records_of, summary_of
from ingestion.tiktok_shop.reading import SYSTEM
from tieout.settings import Settings
from tieout.state import State

KEY = ("shop_id", "id")
OVERLAP = timedelta(minutes=30)
REREAD = timedelta(days=90)

Answer = Page | Detail
Ask = Callable[[str, datetime | None], Iterator[Page]]


@dlt.source(name=SYSTEM, max_table_nesting=0)
def tiktok_shop_source(client: TikTokShopClient, shops: Sequence[str] | None = None) -> Any:
    """Return the resources of these shops, of all authorized ones by default.

    Orders, products, cancellations, returns and packages are read by update time, half an hour back; statements with
    their lines and payments by their own time, 90 days back; the rest whole.
    """
    wanted = list(shops) if shops is not None else [shop.id for shop in client.shops()]

    def listed(entity: str, ask: Ask, lag: timedelta) -> Any:
        def read(updated: Any = changed_since(lag)) -> Iterator[Any]:
            yield from _rows(wanted, entity, ask, start=updated.last_value)

        return merged(entity, read, KEY)

    def listed_whole(entity: str, ask: Callable[[str], Iterator[Page]]) -> Any:
        return whole(entity, lambda: _rows(wanted, entity, lambda shop, _start: ask(shop), start=None), KEY)

    def product_details(products: Any) -> Iterator[Any]:
        for product in records_in(products):
            if product.get("status") != "DELETED":
                detail = client.product(product["shop_id"], product["id"])
                yield from _usable("product_details", product["shop_id"], detail, [detail.data])

    def return_records(returns: Any) -> Iterator[Any]:
        for each in records_in(returns):
            detail = client.return_records(each["shop_id"], each["id"])
            yield from _usable("return_records", each["shop_id"], detail, [records_of(each, detail.data)])

    def statement_transactions(statements: Any) -> Iterator[Any]:
        for statement in records_in(statements):
            yield from _statement(client, statement["shop_id"], statement["id"])

    products = listed("products", lambda shop, start: client.products(shop, updated_from=start), OVERLAP)
    statements = listed(
        "statements", lambda shop, start: client.statements(shop, statement_from=start or FIRST_STATEMENT), REREAD
    )
    returns = listed("returns", lambda shop, start: client.returns(shop, updated_from=start), OVERLAP)
    by_key = {"write_disposition": "merge", "primary_key": KEY}
    return [
        products,
        statements,
        returns,
        dlt.transformer(product_details, data_from=products, name="product_details", **by_key),
        dlt.transformer(return_records, data_from=returns, name="return_records", **by_key),
        dlt.transformer(statement_transactions, data_from=statements, name="statement_transactions", **by_key),
        listed("orders", lambda shop, start: client.search_orders(shop, updated_from=start), OVERLAP),
        listed("cancellations", lambda shop, start: client.cancellations(shop, updated_from=start), OVERLAP),
        listed("packages", lambda shop, start: client.packages(shop, updated_from=start), OVERLAP),
        listed("payments", lambda shop, start: client.payments(shop, created_from=start or FIRST_STATEMENT), REREAD),
        listed_whole("warehouses", client.warehouses),
        listed_whole("inventory", lambda shop: _inventory(client, shop)),
        listed_whole("unsettled_transactions", client.unsettled),
    ]


@contextmanager
def open_tiktok_shop_source(settings: Settings) -> Iterator[Any]:
    """Open the client from settings, give the source of the configured shops, and close the client."""
    state = State(settings.database_url)
    try:
        with closing(open_tiktok_shop(settings, state)) as client:
            yield tiktok_shop_source(client, [shop.shop_id for shop in settings.tiktok_shop.shops])
    finally:
        state.close()


def _rows(shops: Sequence[str], entity: str, ask: Ask, *, start: datetime | None) -> Iterator[Any]:
    """Yield a listing shop by shop; what is updated after the first shop's was begun is left to the next run.

    One cursor is kept for all shops: it must not pass what changed meanwhile in those that were read first.
    """
    began: datetime | None = None
    for shop in shops:
        for page in ask(shop, start):
            began = began or page.as_of
            until = began if FIELDS[entity].time == "update_time" else None
            yield from _usable(entity, shop, page, page.rows, until=until)


def _usable(
    entity: str, shop: str, answer: Answer, rows: Sequence[object], *, until: datetime | None = None
) -> Iterator[Any]:
    fields, origin = FIELDS[entity], Origin(entity, answer.as_of, shop, api_version=answer.api_version)
    versions, rejected = usable(
        SYSTEM, origin, fields.named(rows), parent=fields.parent_of, updated_at=fields.updated_at
    )
    yield [record(each) for each in versions if until is None or each.updated_at is None or each.updated_at <= until]
    yield from rejected


def _statement(client: TikTokShopClient, shop: str, statement_id: str) -> Iterator[Any]:
    """Yield a statement's lines, and its own figures to the table `statement_summaries`: one answer has both."""
    if not is_id(statement_id):
        return  # its lines cannot be asked for
    detail = client.statement_transactions(shop, statement_id)
    lines = Origin("statement_transactions", detail.as_of, shop, statement_id, detail.api_version)
    versions, rejected = usable(SYSTEM, lines, detail.rows, parent=lambda _row: statement_id)
    yield [record(each) for each in numbered(versions)]
    summary, fields = summary_of(statement_id, detail)
    header = Origin("statement_summaries", detail.as_of, shop, statement_id, detail.api_version)
    figures, more = usable(SYSTEM, header, [summary], updated_at=fields.updated_at)
    yield from (in_table("statement_summaries", record(each)) for each in figures)
    yield from (*rejected, *more)


def _inventory(client: TikTokShopClient, shop: str) -> Iterator[Page]:
    """Yield the stock of every SKU of products that are not deleted: it moves without the product's update time."""
    rows = (row for page in client.products(shop, updated_from=None) for row in page.rows if isinstance(row, dict))
    skus = (sku for row in rows if row.get("status") != "DELETED" for sku in row.get("skus") or () if sku)
    sku_ids = sorted({id_of(sku) for sku in skus} - {""})
    if sku_ids:
        yield client.inventory(shop, sku_ids)
