-- What settlements brought and took, without the seller's own output VAT, by step and day of the settlement. One row
-- per statement, transaction and step. What is no step of profit is left out: reserves, taxes, memo items.
with steps as (
    {{ profit_classes() }}
),

statements as (
    select
        shop_id,
        statement_id
    from {{ ref('int_settlements__statements') }}
    where arithmetic not in ('deleted', 'surplus')
)

select
    lines.shop_id,
    lines.statement_id,
    lines.transaction_id,
    lines.order_id,
    steps.step,
    steps.margin,
    cast(lines.statement_at - interval 1 second as date) as on_day,
    lines.currency,
    cast(sum(lines.amount - lines.vat_amount) as decimal(18, 4)) as amount,
    max(lines.loaded_through) as loaded_through
from {{ ref('int_settlements__lines') }} as lines
inner join statements on lines.shop_id = statements.shop_id and lines.statement_id = statements.statement_id
inner join steps on lines.line_class = steps.line_class
group by all
