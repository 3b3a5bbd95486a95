{{
    config(
        materialized=changed_keys_incremental(),
        contract={'enforced': true},
        pre_hook="{{ delete_changed_keys([ref('int_settlements__changes')], 'shop_id, statement_id', also=statements_reclassified()) }}"
    )
}}


-- depends_on: {{ ref('int_books__statement_classes') }}
with lines as (
    select * from {{ ref('int_settlements__lines') }}
    {{ only_changed_keys('shop_id, statement_id') }}
),

statements as (
    select
        shop_id,
        statement_id,
        payment_id
    from {{ ref('int_settlements__statements') }}
    where arithmetic not in ('deleted', 'surplus')
)

select
    statements.payment_id,
    lines.shop_id,
    lines.statement_id,
    lines.transaction_id,
    lines.order_id,
    lines.transaction_type,
    lines.line_class,
    lines.fee_key,
    lines.amount,
    lines.currency,
    lines.tax_responsibility,
    lines.tax_rate,
    lines.vat_amount,
    lines.statement_at,
    lines.line_month as month,
    cast(lines.statement_at - interval 1 second as date) as accounting_date_utc,
    cast(date_trunc('month', accounting_date_utc) as date) as accounting_month_utc,
    cast(timezone(shops.time_zone, lines.statement_at - interval 1 second) as date) as accounting_date_shop,
    cast(date_trunc('month', accounting_date_shop) as date) as accounting_month_shop,
    lines.loaded_through
from lines
inner join statements using (shop_id, statement_id)
left join {{ ref('stg_config__shops') }} as shops on lines.shop_id = shops.configured_shop_id and not shops.is_deleted
