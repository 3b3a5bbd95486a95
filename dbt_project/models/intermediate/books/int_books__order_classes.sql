{{
    config(
        materialized=changed_keys_incremental(),
        pre_hook="{{ delete_changed_keys([ref('int_settlements__changes')], 'shop_id, statement_id', also=statements_of_other_accounts()) }}"
    )
}}

-- What each statement settled of each order, by month and class, without the tax that a journal takes out: of classes
-- that accounts.csv may put down to orders, on any day. One row per statement, month, class and order.
with accounts as (
    select
        map_shop_id,
        line_class,
        account_number
    from {{ ref('stg_config__account_map') }}
    where not is_deleted
),

wanted as (
    select distinct
        shops.configured_shop_id as shop_id,
        classes.line_class
    from {{ ref('stg_config__shops') }} as shops
    inner join accounts as deposits
        on deposits.line_class = 'order_deposits' and deposits.map_shop_id in (shops.configured_shop_id, '*')
    inner join accounts as classes
        on
            deposits.account_number = classes.account_number
            and classes.line_class <> 'order_deposits'
            and classes.map_shop_id in (shops.configured_shop_id, '*')
    where not shops.is_deleted
),

lines as (
    select lines.*
    from {{ ref('int_settlements__lines') }} as lines
    semi join wanted on lines.shop_id = wanted.shop_id and lines.line_class = wanted.line_class
    where lines.order_id is not null
),

built as (
    select coalesce(max(loaded_through), 0) as loaded_through from {{ ref('stg_config__account_map') }}
)

select
    lines.shop_id,
    lines.statement_id,
    lines.line_month,
    lines.line_class,
    lines.order_id,
    cast(sum(lines.amount - lines.vat_amount) as decimal(18, 4)) as amount,
    bool_or(lines.vat_amount <> 0) as is_taxed,
    greatest(max(lines.loaded_through), any_value(built.loaded_through)) as loaded_through
from lines
{{ only_changed_keys('shop_id, statement_id') }}
cross join built
group by lines.shop_id, lines.statement_id, lines.line_month, lines.line_class, lines.order_id
