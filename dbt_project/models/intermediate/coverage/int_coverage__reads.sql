-- What was read of an entity, in one row per system, entity and shop: its verified windows, and how far the last one
-- goes. A record is missing only where what it would be among was read, without a gap; what we sent, only where a load
-- began after it was acknowledged (`read_in_load`, the sequence of the last one).
select
    system,
    entity,
    shop_id,
    list({'window_from': window_from, 'window_to': window_to} order by window_from) as windows,
    max(window_to) as read_to,
    max(read_in_load) as read_in_load
from {{ ref('int_coverage__windows') }}
group by system, entity, shop_id
