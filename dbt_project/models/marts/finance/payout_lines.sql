{{
    config(
        materialized='incremental',
        incremental_strategy='append',
        on_schema_change='fail',
        contract={'enforced': true},
        pre_hook="{{ forget_touched([ref('int_settlements__statements')], 'shop_id, statement_id', stamp='judged_through') }}"
    )
}}


with lines as (
    select * from {{ ref('int_settlements__lines') }} {{ only_touched('shop_id, statement_id') }}
),

statements as (
    select shop_id, statement_id, payment_id, judged_through from {{ ref('int_settlements__statements') }}
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
    lines.statement_at,
    lines.line_month as month,
    statements.judged_through as loaded_through
from lines
inner join statements using (shop_id, statement_id)
