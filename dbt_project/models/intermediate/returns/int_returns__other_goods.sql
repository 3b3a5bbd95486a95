{{ config(materialized=atomic_view()) }}

-- Returns of which portals announce other goods than TikTok Shop does, their warehouses together. One row per return.
select
    shop_id,
    return_id,
    {{ units_by_item('items') }} as asked,
    {{ units_by_item('announced_otherwise') }} as announced
from {{ ref('int_returns__returns') }}
where announced_otherwise is not null
