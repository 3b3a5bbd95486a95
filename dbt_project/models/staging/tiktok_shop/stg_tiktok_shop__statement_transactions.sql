{{
    config(
        materialized=changed_keys_incremental(),
        pre_hook="{{ delete_changed_keys([source('raw_tiktok_shop', 'statement_transactions')], 'shop_id, transaction_id', 'shop_id, id', load_sequence('load_id')) }}"
    )
}}


with versions as (
    {{ latest_versions(source('raw_tiktok_shop', 'statement_transactions')) }}
),

parsed as (
    select
        versions.*,
        coalesce(api_version, '') = '202309' as is_flat,
        from_json(
            payload,
            '{"type": "VARCHAR", "order_id": "VARCHAR", "order_create_time": "VARCHAR", "adjustment_id": "VARCHAR",
              "adjustment_order_id": "VARCHAR", "associated_order_id": "VARCHAR", "reserve_id": "VARCHAR", "reserve_status": "VARCHAR",
              "estimated_release_time": "VARCHAR", "settlement_amount": "VARCHAR", "revenue_amount": "VARCHAR",
              "net_sales_amount": "VARCHAR", "shipping_cost_amount": "VARCHAR", "fee_tax_amount": "VARCHAR", "fee_amount": "VARCHAR",
              "adjustment_amount": "VARCHAR", "reserve_amount": "VARCHAR", "revenue_breakdown": "MAP(VARCHAR, VARCHAR)",
              "shipping_cost_breakdown": "MAP(VARCHAR, VARCHAR)", "customer_payment_amount": "VARCHAR",
              "supplementary_component": {"customer_payment_amount": "VARCHAR"},
              "fee_tax_breakdown": {"fee": "MAP(VARCHAR, VARCHAR)", "tax": "MAP(VARCHAR, VARCHAR)"}}'
        ) as fields,
        case when is_flat then from_json(payload, '"MAP(VARCHAR, VARCHAR)"') end as flat
    from versions
),

shaped as (
    select
        *,
        if(is_flat, coalesce(nullif(fields.net_sales_amount, ''), fields.revenue_amount), fields.revenue_amount)
            as revenue_text,
        if(is_flat, fields.fee_amount, fields.fee_tax_amount) as fee_tax_text,
        if(is_flat, fields.customer_payment_amount, fields.supplementary_component.customer_payment_amount)
            as buyer_paid_text,
        if(is_flat, {{ flat_parts('revenue') }}, {{ added_parts('fields.revenue_breakdown') }}) as revenue_parts,
        if(is_flat, {{ flat_parts('shipping_cost') }}, {{ added_parts('fields.shipping_cost_breakdown') }})
            as shipping_cost_parts,
        if(is_flat, {{ flat_parts('fee') }}, {{ added_parts('fields.fee_tax_breakdown.fee') }}) as fee_parts,
        if(is_flat, {{ flat_parts('tax') }}, {{ added_parts('fields.fee_tax_breakdown.tax') }}) as tax_parts
    from parsed
)

select
    shop_id,
    id as transaction_id,
    parent_id as statement_id,
    parent_ids as statement_ids,
    is_flat,
    trim(fields.type) as transaction_type,
    coalesce(
        nullif(fields.order_id, ''), nullif(fields.adjustment_order_id, ''), nullif(fields.associated_order_id, '')
    ) as order_id,
    nullif(fields.order_id, '') as settled_order_id,
    {{ epoch_instant('fields.order_create_time') }} as order_created_at,
    nullif(fields.adjustment_id, '') as adjustment_id,
    nullif(fields.reserve_id, '') as reserve_id,
    nullif(fields.reserve_status, '') as reserve_status,
    {{ epoch_instant('fields.estimated_release_time') }} as estimated_release_at,
    {{ amount('fields.settlement_amount') }} as settlement_amount,
    {{ amount('revenue_text') }} as revenue_amount,
    {{ amount('fields.shipping_cost_amount') }} as shipping_cost_amount,
    {{ amount('fee_tax_text') }} as fee_tax_amount,
    {{ amount('fields.adjustment_amount') }} as adjustment_amount,
    {{ amount('fields.reserve_amount') }} as reserve_amount,
    {{ amount('buyer_paid_text') }} as buyer_paid_amount,
    revenue_parts,
    shipping_cost_parts,
    fee_parts,
    tax_parts,
    list_concat(
        {{ faults([
            amount_fault('settlement_amount', 'fields.settlement_amount'), amount_fault('revenue_amount', 'revenue_text'),
            amount_fault('shipping_cost_amount', 'fields.shipping_cost_amount'), amount_fault('fee_tax_amount', 'fee_tax_text'),
            amount_fault('adjustment_amount', 'fields.adjustment_amount'), amount_fault('reserve_amount', 'fields.reserve_amount'),
            missing_fault('statement_id', 'parent_id'),
            each_fault(given_time_fault, ['order_create_time', 'estimated_release_time'], of='fields.'),
            each_fault(text_fault, [
                'type', 'order_id', 'adjustment_id', 'adjustment_order_id', 'associated_order_id', 'reserve_id',
                'reserve_status',
            ], of='fields.'),
            amount_fault('customer_payment_amount', 'buyer_paid_text'),
            other_order_fault('adjustment_order_id'), other_order_fault('associated_order_id'),
            object_fault('revenue_breakdown', 'fields.revenue_breakdown'),
            object_fault('shipping_cost_breakdown', 'fields.shipping_cost_breakdown'),
            object_fault('fee_tax_breakdown', 'fields.fee_tax_breakdown.fee'),
            object_fault('fee_tax_breakdown.fee', 'fields.fee_tax_breakdown.fee'),
            object_fault('fee_tax_breakdown.tax', 'fields.fee_tax_breakdown.tax'),
            object_fault('supplementary_component', 'fields.supplementary_component.customer_payment_amount'),
        ]) }},
        {{ part_faults('revenue_breakdown.', 'revenue_parts') }},
        {{ part_faults('shipping_cost_breakdown.', 'shipping_cost_parts') }},
        {{ part_faults('fee_tax_breakdown.fee.', 'fee_parts') }},
        {{ part_faults('fee_tax_breakdown.tax.', 'tax_parts') }}
    ) as faults,
    hash(
        fields.type,
        fields.order_id,
        fields.order_create_time,
        fields.adjustment_id,
        fields.reserve_id,
        fields.settlement_amount,
        fields.adjustment_amount,
        fields.reserve_amount,
        revenue_parts,
        shipping_cost_parts,
        fee_parts,
        tax_parts
    ) as content_signature,
    is_deleted,
    first_observed_at,
    observed_at,
    loaded_through
from shaped
