{{
    config(
        materialized=changed_keys_incremental(),
        pre_hook="{{ delete_changed_keys([ref('int_settlements__changes')], 'shop_id, statement_id') }}"
    )
}}


-- One row per statement, month and class: what the books need of the lines, small enough to be summed again at will.
with lines as (
    select * from {{ ref('int_settlements__lines') }}
    {{ only_changed_keys('shop_id, statement_id') }}
)

select
    shop_id,
    statement_id,
    line_month,
    line_class,
    cast(sum(amount) as decimal(18, 4)) as amount,
    cast(sum(vat_amount) as decimal(18, 4)) as vat_amount,
    bool_or(tax_responsibility = 'unknown') as is_tax_unknown,
    coalesce(string_agg(distinct fee_key, ', ' order by fee_key) filter (where line_class = 'unclassified'), '')
        as unclassified_keys,
    max(loaded_through) as loaded_through
from lines
group by shop_id, statement_id, line_month, line_class
