{{ config(materialized=atomic_view(), contract={'enforced': true}) }}

select
    named.item_id,
    named.sku as item,
    named.named_from,
    named.named_until,
    items.is_deleted
from {{ ref('stg_netsuite__item_names') }} as named
inner join {{ ref('stg_netsuite__items') }} as items on named.shop_id = items.shop_id and named.item_id = items.item_id
