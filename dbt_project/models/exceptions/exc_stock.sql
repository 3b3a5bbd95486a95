-- Listed stock that is wrong, or cannot be put right: one row per SKU, or per SKU and warehouse.
with compared as (
    select
        compared.*,
        skus.sale_price_amount,
        skus.currency
    from {{ ref('rec_stock__listed_vs_available') }} as compared
    left join {{ ref('int_items__prices') }} as skus
        on compared.shop_id = skus.shop_id and compared.sku_id = skus.sku_id
),

-- One write carries all warehouses of a SKU.
refused as (
    select
        'INV-04' as code,
        shop_id,
        'sku' as entity_type,
        sku_id as entity_id,
        cast(sum(greatest(difference_quantity, 0) * coalesce(sale_price_amount, 0)) as decimal(18, 4))
            as money_at_risk_amount,
        any_value(currency) as currency,
        'TikTok Shop takes ' || string_agg(available_to_sell_quantity, ', ' order by warehouse_id) || ' units of '
        || any_value(seller_sku) as expected,
        'refused: ' || any_value(last_error) || '; it lists ' || string_agg(listed_quantity, ', ' order by warehouse_id)
            as actual,
        to_json({
            'sku_id': sku_id, 'seller_sku': any_value(seller_sku), 'error_code': any_value(error_code),
            'state': any_value(intent_state), 'warehouse_ids': list(warehouse_id order by warehouse_id)
        }) as evidence,
        'stock write refused' as cause
    from compared
    where status = 'mismatched' and intent_state in ('rejected', 'dead')
    group by shop_id, sku_id
),

drifted as (
    select
        if(pushed_status = 'mismatched', 'INV-10', 'INV-03') as code,
        shop_id,
        'listing' as entity_type,
        {{ joined_key(['sku_id', 'warehouse_id']) }} as entity_id,
        cast(greatest(difference_quantity, 0) * coalesce(sale_price_amount, 0) as decimal(18, 4))
            as money_at_risk_amount,
        currency,
        if(
            pushed_status = 'mismatched',
            pushed_expected_quantity || ' units of ' || seller_sku || ' listed, after what was bought and given back',
            available_to_sell_quantity || ' units of ' || seller_sku || ' listed'
        ) as expected,
        listed_quantity || ' units listed'
        || if(pushed_status = 'mismatched', ', by another hand', '; the write is waiting') as actual,
        to_json({
            'sku_id': sku_id, 'warehouse_id': warehouse_id, 'seller_sku': seller_sku,
            'available_to_sell': available_to_sell_quantity, 'pushed_at': pushed_at, 'read_at': left_as_of
        }) as evidence,
        if(pushed_status = 'mismatched', 'edited on TikTok Shop', 'not yet corrected') as cause
    from compared
    where
        status = 'mismatched'
        and intent_state is distinct from 'rejected'
        and intent_state is distinct from 'dead'
),

locked as (
    select
        'INV-13' as code,
        corrections.shop_id,
        'sku' as entity_type,
        corrections.sku_id as entity_id,
        cast(0 as decimal(18, 4)) as money_at_risk_amount,
        '' as currency,
        'no more units locked for a promotion than may be sold' as expected,
        substr(corrections.blocked_reason, 9) as actual,
        to_json({'sku_id': corrections.sku_id}) as evidence,
        'promotion lock' as cause
    from {{ ref('int_stock__corrections') }} as corrections
    where starts_with(corrections.blocked_reason, 'INV-13: ')
)

{% for part in ['refused', 'drifted', 'locked'] -%}
    select
        *,
        cast(null as timestamptz) as due_at
    from {{ part }}
    {% if not loop.last %}union all by name {% endif %}
{%- endfor %}
