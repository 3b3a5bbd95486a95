{{
    config(
        materialized=changed_keys_incremental(),
        pre_hook="{{ delete_changed_keys([source('raw_tiktok_shop', 'statement_transactions')], 'shop_id, transaction_id', 'shop_id, id', load_sequence('load_id')) }}"
    )
}}

-- Settlement lines that were sent more than once: each version, with what it said of money and what it was for. A line
-- that was never sent again has no row.
with versions as (
    select
        *,
        {{ load_sequence('load_id') }} as load_sequence
    from {{ source('raw_tiktok_shop', 'statement_transactions') }}
    {{ only_changed_keys('shop_id, id') }}
),

revised as (
    select
        shop_id,
        id,
        max(load_sequence) as loaded_through
    from versions
    group by shop_id, id
    having count(*) > 1
),

parsed as (
    select
        versions.shop_id,
        versions.id,
        versions.is_deleted,
        versions.observed_at,
        versions.load_sequence,
        revised.loaded_through,
        from_json(
            versions.payload,
            '{"type": "VARCHAR", "order_id": "VARCHAR", "order_create_time": "VARCHAR", "reserve_status": "VARCHAR",
              "adjustment_id": "VARCHAR", "settlement_amount": "VARCHAR",
              "reserve_amount": "VARCHAR", "adjustment_amount": "VARCHAR", "revenue_amount": "VARCHAR",
              "shipping_cost_amount": "VARCHAR", "fee_tax_amount": "VARCHAR", "fee_amount": "VARCHAR",
              "gross_sales_amount": "VARCHAR", "gross_sales_refund_amount": "VARCHAR", "seller_discount_amount": "VARCHAR",
              "seller_discount_refund_amount": "VARCHAR", "platform_commission_amount": "VARCHAR",
              "referral_fee_amount": "VARCHAR", "transaction_fee_amount": "VARCHAR",
              "affiliate_commission_amount": "VARCHAR",
              "revenue_breakdown": "MAP(VARCHAR, VARCHAR)", "shipping_cost_breakdown": "MAP(VARCHAR, VARCHAR)",
              "fee_tax_breakdown": {"fee": "MAP(VARCHAR, VARCHAR)", "tax": "MAP(VARCHAR, VARCHAR)"}}'
        ) as fields
    from versions
    inner join revised on versions.shop_id = revised.shop_id and versions.id = revised.id
)

select
    shop_id,
    id as transaction_id,
    row_number() over (partition by shop_id, id order by observed_at, load_sequence) as version_number,
    load_sequence,
    if(is_deleted, ['gone'], {{ money_of_version('fields') }}) as money,
    if(
        is_deleted, null, concat_ws(' ', fields.type, nullif(fields.order_id, ''), nullif(fields.order_create_time, ''))
    ) as purpose,
    -- A version that does not add up is none to go back to.
    not is_deleted and coalesce(try_cast(fields.settlement_amount as decimal(18, 4)), 0) = (
        {%- for field in [
            'revenue_amount', 'shipping_cost_amount', 'fee_tax_amount', 'fee_amount', 'adjustment_amount',
        ] %}
            coalesce(try_cast(fields.{{ field }} as decimal(18, 4)), 0){{ ' +' if not loop.last }}
        {%- endfor %}
    ) as is_sound,
    loaded_through
from parsed
