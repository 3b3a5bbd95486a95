-- What was read of an entity, in one row per system, entity and shop: its verified windows, and how far the last one
-- goes. A record is missing only where what it would be among was read, without a gap.
select
    system,
    entity,
    shop_id,
    list({'window_from': window_from, 'window_to': window_to} order by window_from) as windows,
    max(window_to) as read_to
from {{ ref('int_coverage__windows') }}
group by system, entity, shop_id
