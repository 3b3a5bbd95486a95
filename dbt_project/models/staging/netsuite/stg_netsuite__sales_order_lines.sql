{{
    config(
        materialized=changed_keys_incremental(),
        pre_hook="{{ delete_changed_keys([source('raw_netsuite', 'sales_orders')], 'shop_id, sales_order_id', 'shop_id, id', load_sequence('load_id')) }}"
    )
}}

with versions as (
    {{ latest_versions(source('raw_netsuite', 'sales_orders')) }}
),

lines as (
    select
        shop_id,
        id as sales_order_id,
        is_deleted,
        observed_at,
        loaded_through,
        unnest(
            from_json(
                payload -> '$.lines',
                '[{"line": "VARCHAR", "item": "VARCHAR", "quantity": "VARCHAR", "quantityshiprecv": "VARCHAR",
                   "quantitypicked": "VARCHAR", "quantitypacked": "VARCHAR", "quantitybackordered": "VARCHAR",
                   "isclosed": "VARCHAR", "location": "VARCHAR", "amount": "VARCHAR"}]'
            )
        ) as line
    from versions
)

select
    shop_id,
    sales_order_id,
    line.line as line_number,
    nullif(line.item, '') as item_id,
    {{ units('line.quantity') }} as quantity,
    {{ units('line.quantityshiprecv') }} as fulfilled_quantity,
    {{ units('line.quantitypicked') }} as picked_quantity,
    {{ units('line.quantitypacked') }} as packed_quantity,
    {{ units('line.quantitybackordered') }} as back_ordered_quantity,
    coalesce(line.isclosed = 'T', false) as is_closed,
    nullif(line.location, '') as location_id,
    coalesce({{ amount('line.amount') }}, 0) as amount,
    {{ faults([
        each_fault(text_fault, ['line', 'item', 'location'], of='line.', shown='lines.'),
        each_fault(units_fault, [
            'quantity', 'quantityshiprecv', 'quantitypicked', 'quantitypacked', 'quantitybackordered',
        ], of='line.', shown='lines.'),
        each_fault(amount_fault, ['amount'], of='line.', shown='lines.'),
        flag_fault('lines.isclosed', 'line.isclosed', words="'T', 'F'"),
    ]) }} as faults,
    is_deleted,
    observed_at,
    loaded_through
from lines
