"""What a shop lists: warehouses, products, what combined SKUs are made of, and the stock of every SKU.

Belongs here: which of these are read again, and when a missing record counts as deleted. Does not: orders and money
(loader).

Products are read by `update_time`; stock does not move it, so the stock of every known SKU is read in every cycle. What
a combined SKU is made of is shown by a product's detail alone (fact sheet tiktok_shop 5.2), one call each: new and
edited products are looked at fifty a load, some of those in quarantine first, then those whose SKU is a bundle of ours.
A quick lane looks at the latter alone: the others wait for the next whole load.
"""

from __future__ import annotations

from connectors.transport.errors import CredentialError, EndpointRestingError, UnreachableError
from ingestion.coverage import BEGINNING
from ingestion.load_context import Origin, Reading, valid_versions
from ingestion.tiktok_shop.fields import FIELDS
from ingestion.tiktok_shop.reading import Shop, updated_listing
from tieout.errors import TieoutError

DETAILS_PER_LOAD = 50

_PRODUCTS = """
with products as (
    select
        id,
        arg_max(updated_at, observed_at) as updated_at,
        from_json(
            arg_max(payload, observed_at), '{"status": "VARCHAR", "skus": [{"id": "VARCHAR", "seller_sku": "VARCHAR"}]}'
        ) as body
    from raw_tiktok_shop.products
    where shop_id = $shop_id
    group by id
    having not arg_max(is_deleted, observed_at)
)
"""
_SKUS = f"""
{_PRODUCTS}
select distinct unnest(body.skus).id as sku_id
from products
where body.status is distinct from 'DELETED'
order by sku_id
"""
# What was looked at before an edit is looked at again; what the vendor shows late (an edit under audit) comes last.
_UNSEEN = f"""
{_PRODUCTS},

looked_at as (
    select id, max(updated_at) as updated_at
    from raw_tiktok_shop.product_details
    where shop_id = $shop_id
    group by id
),

bundles as (
    select list(distinct payload ->> '$.bundle') as names from raw_config.bundle_map
)

select
    products.id,
    coalesce(list_has_any(list_transform(body.skus, lambda sku: sku.seller_sku), bundles.names), false) as is_bundle
from products
cross join bundles
left join looked_at on products.id = looked_at.id
where
    body.status is distinct from 'DELETED'
    and (looked_at.id is null or looked_at.updated_at < products.updated_at)
order by
    is_bundle desc,
    looked_at.id is not null,
    products.updated_at desc,
    products.id
"""


def load_goods(shop: Shop) -> None:
    """Read warehouses, products and listed stock; what cannot be read is listed as a problem."""
    shop.guarded("warehouses", _warehouses)
    shop.guarded("products", _products)
    shop.guarded("product_details", _details)
    shop.guarded("inventory", _inventory)


def _warehouses(shop: Shop) -> None:
    reading, as_of = shop.listing("warehouses", shop.client.warehouses(shop.id))
    shop.delete_vanished("warehouses", reading, at=as_of)
    shop.cover("warehouses", reading, start=BEGINNING, end=as_of)


def _products(shop: Shop) -> None:
    found = updated_listing(shop, "products", lambda start: shop.client.products(shop.id, updated_from=start))
    if found.ids:
        shop.context.landing.flush()  # what follows asks the raw layer which products there are


def _details(shop: Shop) -> None:
    unseen = shop.context.connection.execute(_UNSEEN, {"shop_id": shop.id}).fetchall()
    is_whole = shop.context.entities is None
    new = [str(product) for product, is_bundle in unseen if is_bundle or is_whole]
    held = sorted({record.record_id for record in shop.held("product_details") if is_whole})[: DETAILS_PER_LOAD // 2]
    wanted = list(dict.fromkeys([*held, *new]))[:DETAILS_PER_LOAD]
    reading = Reading()
    for product_id in wanted:
        try:
            detail = shop.client.product(shop.id, product_id)
        except (CredentialError, EndpointRestingError, UnreachableError):
            raise
        except TieoutError as error:
            shop.context.fail("product_details", error, shop_id=shop.id)
            continue
        origin = Origin("product_details", detail.as_of, shop.id, api_version=detail.api_version)
        rows = valid_versions(
            shop.context, origin, [detail.data], reading=reading, updated_at=FIELDS["product_details"].updated_at
        )
        shop.context.landing.add("product_details", rows)
    as_of = shop.read_until("products")
    # Those that wait for a later load do not count as missing from the source: no detail is deleted.
    if as_of and len(reading.ids) == len(wanted):
        shop.cover("product_details", reading, start=BEGINNING, end=as_of)


def _inventory(shop: Shop) -> None:
    sku_ids = [str(row[0]) for row in shop.context.connection.execute(_SKUS, {"shop_id": shop.id}).fetchall() if row[0]]
    pages = [shop.client.inventory(shop.id, sku_ids)] if sku_ids else []
    reading, began = shop.listing("inventory", pages)
    as_of = began if pages else shop.read_until("products")
    if as_of is None:
        return
    shop.delete_vanished("inventory", reading, at=as_of)
    shop.cover("inventory", reading, start=BEGINNING, end=as_of)
