{{ config(materialized=atomic_view(), contract={'enforced': true}) }}

select
    names.item_id,
    names.sku as item,
    names.named_from,
    names.named_until,
    items.is_deleted
from {{ ref('stg_netsuite__item_names') }} as names
inner join {{ ref('stg_netsuite__items') }} as items on names.shop_id = items.shop_id and names.item_id = items.item_id
