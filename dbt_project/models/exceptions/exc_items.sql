-- Goods whose master data is wrong: unknown to who ships them, renamed, undefined, made of other things, or taken down.
with renamed as (
    select
        renamed.*,
        strange.orders_amount,
        strange.currency,
        strange.due_at,
        coalesce(len(strange.order_ids), 0) as waiting_orders
    from {{ ref('int_items__renamed') }} as renamed
    left join {{ ref('int_items__unknown') }} as strange
        on renamed.shop_id = strange.shop_id and renamed.seller_sku = strange.item and not renamed.is_duplicate
    qualify row_number() over (partition by renamed.shop_id, renamed.sku_id order by strange.due_at) = 1
),

unknown as (
    select
        'MAP-01' as code,
        shop_id,
        'item' as entity_type,
        {{ joined_key(['location', 'item']) }} as entity_id,
        cast(orders_amount as decimal(18, 4)) as money_at_risk_amount,
        currency,
        due_at,
        system || ' location ' || location || ' knows ' || item as expected,
        'it reports no such item in use; ' || coalesce(len(order_ids), 0) || ' orders wait, '
        || coalesce(len(sku_ids), 0) || ' SKUs list it' as actual,
        to_json({'sku_ids': sku_ids[1:20], 'order_ids': order_ids[1:20]}) as evidence,
        'item unknown to the warehouse' as cause,
        if(coalesce(len(order_ids), 0) > 0, 'S1', 'S3') as severity
    from {{ ref('int_items__unknown') }} as strange
    -- The warehouse knows it by its former name.
    anti join renamed on strange.shop_id = renamed.shop_id and strange.item = renamed.seller_sku
),

without_sku as (
    select
        'MAP-01' as code,
        shop_id,
        entity_type,
        entity_id,
        cast(total_amount as decimal(18, 4)) as money_at_risk_amount,
        currency,
        due_at,
        'a seller SKU' as expected,
        actual,
        to_json({'sku_ids': sku_ids, 'product_id': product_id, 'order_line_ids': order_line_ids}) as evidence,
        'no seller SKU' as cause,
        if(entity_type = 'order', 'S1', 'S3') as severity
    from {{ ref('int_items__without_sku') }}
),

moved as (
    select
        'MAP-02' as code,
        shop_id,
        'sku' as entity_type,
        sku_id as entity_id,
        cast(coalesce(orders_amount, 0) as decimal(18, 4)) as money_at_risk_amount,
        currency,
        due_at,
        'seller SKU ' || expected_seller_sku || if(is_duplicate, ' on one SKU of the shop', '') as expected,
        if(is_duplicate, 'also on SKU ' || other_sku_id, 'seller SKU ' || seller_sku) as actual,
        to_json({
            'sku_id': sku_id, 'product_id': product_id, 'seller_sku': seller_sku, 'other_sku_id': other_sku_id
        }) as evidence,
        if(is_duplicate, 'seller SKU used twice', 'seller SKU changed') as cause,
        if(waiting_orders > 0, 'S1', null) as severity
    from renamed
),

undefined as (
    select
        'MAP-03' as code,
        shop_id,
        'sku' as entity_type,
        sku_id as entity_id,
        cast(orders_amount as decimal(18, 4)) as money_at_risk_amount,
        currency,
        due_at,
        'rows of bundles.csv for ' || item as expected,
        'none, and ' || waiting_orders || ' orders wait' as actual,
        to_json({'seller_sku': seller_sku, 'product_id': product_id}) as evidence,
        'bundle without components' as cause,
        cast(null as varchar) as severity
    from {{ ref('int_items__undefined') }}
),

diverged as (
    select
        'MAP-04' as code,
        shop_id,
        'bundle' as entity_type,
        bundle as entity_id,
        cast(0 as decimal(18, 4)) as money_at_risk_amount,
        '' as currency,
        cast(null as timestamptz) as due_at,
        'bundles.csv: ' || ours as expected,
        theirs as actual,
        to_json({'sku_ids': sku_ids}) as evidence,
        'compositions differ' as cause,
        cast(null as varchar) as severity
    from {{ ref('int_items__compositions') }}
    where theirs <> ''
),

down as (
    select
        'MAP-07' as code,
        shop_id,
        'product' as entity_type,
        product_id as entity_id,
        cast(0 as decimal(18, 4)) as money_at_risk_amount,
        '' as currency,
        cast(null as timestamptz) as due_at,
        'a product that sells' as expected,
        'TikTok Shop has it as ' || any_value(product_status) as actual,
        to_json({'seller_skus': list(distinct seller_sku order by seller_sku)[1:20]}) as evidence,
        'listing taken down' as cause,
        cast(null as varchar) as severity
    from {{ ref('stg_tiktok_shop__skus') }}
    where product_status in ('PLATFORM_DEACTIVATED', 'FREEZE', 'FAILED') and not is_deleted
    group by shop_id, product_id
)

{% for part in ['unknown', 'without_sku', 'moved', 'undefined', 'diverged', 'down'] -%}
    select * from {{ part }}
    {% if not loop.last %}union all by name {% endif %}
{%- endfor %}
