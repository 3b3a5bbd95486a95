{{
    config(
        materialized=changed_keys_incremental(),
        pre_hook="{{ delete_changed_keys([source('raw_linnworks', 'orders')], 'shop_id, order_id', 'shop_id, id', load_sequence('load_id')) }}"
    )
}}

-- The SKU of a line is the channel's where it has one: it is what we sent, whichever item Linnworks linked it to.
with versions as (
    {{ latest_versions(source('raw_linnworks', 'orders')) }}
),

lines as (
    select
        shop_id,
        id as order_id,
        is_deleted,
        observed_at,
        loaded_through,
        unnest(
            from_json(
                payload -> '$.Items',
                '[{"RowId": "VARCHAR", "SKU": "VARCHAR", "ChannelSKU": "VARCHAR", "Quantity": "VARCHAR",
                   "PricePerUnit": "VARCHAR", "CostIncTax": "VARCHAR", "Tax": "VARCHAR", "IsUnlinked": "VARCHAR",
                   "IsService": "VARCHAR"}]'
            )
        ) as line
    from versions
)

select
    shop_id,
    order_id,
    line.rowid as order_line_id,
    coalesce(nullif(line.channelsku, ''), line.sku) as sku,
    coalesce(line.sku, '') as linked_sku,
    {{ units('line.quantity') }} as quantity,
    {{ amount('line.priceperunit') }} as unit_price_amount,
    {{ amount('line.costinctax') }} as total_amount,
    {{ amount('line.tax') }} as tax_amount,
    coalesce(line.isunlinked = 'true', false) as is_unlinked,
    coalesce(line.isservice = 'true', false) as is_service,
    {{ faults([
        each_fault(text_fault, ['RowId', 'SKU', 'ChannelSKU'], of='line.', shown='Items.'),
        each_fault(count_fault, ['Quantity'], of='line.', shown='Items.'),
        each_fault(amount_fault, ['PricePerUnit', 'CostIncTax', 'Tax'], of='line.', shown='Items.'),
        each_fault(flag_fault, ['IsUnlinked', 'IsService'], of='line.', shown='Items.'),
    ]) }} as faults,
    is_deleted,
    observed_at,
    loaded_through
from lines
