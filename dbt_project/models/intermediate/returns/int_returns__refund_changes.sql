{{
    config(
        materialized=changed_keys_incremental(),
        pre_hook="{{ delete_changed_keys([ref('int_returns__refund_mentions')], 'shop_id, order_id') }}"
    )
}}

-- For each order the newest load that had a say in its refunds: what has changed since is built again.
select
    shop_id,
    order_id,
    max(loaded_through) as loaded_through
from {{ ref('int_returns__refund_mentions') }}
{%- if builds_changed_keys() %} where loaded_through > {{ built_through() }} {%- endif %}
group by shop_id, order_id
