{{ config(contract={'enforced': true}) }}

-- Sales orders of TikTok Shop's: what NetSuite shows of them, and those that were sent since it was last read. Orders
-- are read before stock.
with last_read as (
    select max(loaded_through) as loaded_through from {{ ref('int_coverage__windows') }}
    where system = 'netsuite' and entity = 'sales_orders'
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
from {{ ref('int_netsuite__sales_orders') }}
where not is_deleted and order_id is not null
union all by name
{{ sent_since_read('netsuite', shown=ref('int_netsuite__sales_orders')) }}
