{{ config(contract={'enforced': true}) }}

-- Orders in NewStore from TikTok Shop: what it shows of them, and those that were sent since it was last read. Orders
-- are read before stock, and what NewStore lists may lag behind what it has taken by a quarter of an hour.
{%- set lag_microseconds = 15 * 60 * 1000000 %}

with last_read as (
    select max(loaded_through) - {{ lag_microseconds * 10 }} as loaded_through from {{ ref('int_coverage__windows') }}
    where system = 'newstore' and entity = 'orders'
)

select
    order_id,
    warehouse_order_id,
    reference,
    false as is_merged,
    location,
    warehouse_status,
    first_observed_at as accepted_at,
    shipped_at,
    cancelled_at,
    lines,
    first_observed_at,
    observed_at
from {{ ref('int_newstore__orders') }}
where not is_deleted and order_id is not null
union all by name
{{ sent_since_read('newstore', shown=ref('int_newstore__orders')) }}
