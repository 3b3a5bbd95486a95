{{
    config(
        materialized=changed_keys_incremental(),
        pre_hook="{{ delete_changed_keys([ref('int_settlements__changes')], 'shop_id, statement_id') }}"
    )
}}

with transactions as (
    select *
    from {{ ref('int_settlements__transactions') }}
    {{ only_changed_keys('shop_id, statement_id') }}
    where not is_surplus and not is_quarantined
),

parts as (
    select
        shop_id,
        transaction_id,
        revenue_parts,
        shipping_cost_parts,
        fee_parts,
        tax_parts
    from {{ ref('stg_tiktok_shop__statement_transactions') }}
),

leaves as (
    {{ settlement_leaves('transactions', 'parts') }}
),

amounts as (
    select
        shop_id,
        transaction_id,
        prefix || field as fee_key,
        cast(amount_text as decimal(18, 4)) as amount
    from leaves
),

statements as (
    select
        statements.shop_id,
        statements.statement_id,
        statements.statement_at,
        statements.currency,
        shops.region,
        coalesce(shops.time_zone, 'UTC') as time_zone,
        cast(statements.statement_at - interval 1 second as date) as line_date
    from {{ ref('stg_tiktok_shop__statements') }} as statements
    left join
        {{ ref('stg_config__shops') }} as shops
        on statements.shop_id = shops.configured_shop_id and not shops.is_deleted
),

keyed as (
    select distinct
        statements.region,
        statements.line_date,
        amounts.fee_key
    from amounts
    inner join transactions using (shop_id, transaction_id)
    inner join statements using (shop_id, statement_id)
),

-- The region's own row wins over '*', the newest over an older one.
classes as (
    select
        keyed.region,
        keyed.line_date,
        keyed.fee_key,
        map.line_class,
        map.sign_note
    from keyed
    inner join {{ ref('stg_config__fee_map') }} as map
        on
            keyed.fee_key = map.fee_key
            and map.region in (keyed.region, '*')
            and keyed.line_date between map.valid_from and map.valid_to
            and not map.is_deleted
    qualify row_number() over (
        partition by keyed.region, keyed.line_date, keyed.fee_key
        order by map.region = '*', map.valid_from desc, map.fee_map_id asc
    ) = 1
)

select
    transactions.shop_id,
    transactions.statement_id,
    transactions.transaction_id,
    transactions.transaction_type,
    transactions.order_id,
    amounts.fee_key,
    coalesce(classes.line_class, 'unclassified') as line_class,
    coalesce(classes.sign_note, '') as sign_note,
    amounts.amount,
    statements.currency,
    statements.statement_at,
    strftime(statements.line_date, '%Y-%m') as line_month,
    coalesce(
        taxes.treatment,
        if(
            classes.line_class in ('gross_sales', 'seller_discount', 'refund', 'refund_discount', 'shipping_income'),
            'unknown',
            'none'
        )
    ) as tax_responsibility,
    taxes.rate as tax_rate,
    cast(coalesce({{ tax_within('amounts.amount', 'taxes.rate') }}, 0) as decimal(18, 4)) as vat_amount,
    transactions.loaded_through
from amounts
inner join transactions using (shop_id, transaction_id)
left join statements using (shop_id, statement_id)
left join classes
    on
        statements.line_date = classes.line_date
        and statements.region is not distinct from classes.region
        and amounts.fee_key = classes.fee_key
-- Tax is owed as of the sale, by the shop's own calendar.
left join {{ ref('int_settlements__tax_rules') }} as taxes
    on
        transactions.shop_id = taxes.shop_id
        and classes.line_class = taxes.line_class
        and coalesce(
            cast(timezone(statements.time_zone, transactions.order_created_at) as date), statements.line_date
        ) between taxes.valid_from and taxes.valid_to
where amounts.amount <> 0
