-- What is wrong with a settlement line: a broken or doubled one, and one without an owner.
with transactions as (
    select
        transactions.*,
        statements.currency,
        statements.payment_id,
        cast(statements.statement_at - interval 1 second as date) as line_date
    from {{ ref('int_settlements__transactions') }} as transactions
    inner join {{ ref('int_settlements__statements') }} as statements using (shop_id, statement_id)
    where statements.arithmetic not in ('deleted', 'surplus') and not transactions.is_quarantined
),

lines as (
    select
        if(is_surplus, 'FIN-19', 'FIN-03') as code,
        shop_id,
        'transaction' as entity_type,
        transaction_id as entity_id,
        case
            when is_surplus then abs(payable_amount)
            else
                abs(coalesce(settlement_amount, 0) - parts_amount) + abs(revenue_unitemised_amount)
                + abs(shipping_cost_unitemised_amount) + abs(fee_tax_unitemised_amount)
        end as money_at_risk_amount,
        currency,
        cast(null as timestamptz) as due_at,
        if(is_surplus, 'one line', 'parts that add up to ' || coalesce(settlement_amount, 0)) as expected,
        case
            when is_surplus then 'the same line twice'
            else
                'parts ' || parts_amount || '; not itemised: revenue ' || revenue_unitemised_amount || ', shipping '
                || shipping_cost_unitemised_amount || ', fees and taxes ' || fee_tax_unitemised_amount
        end as actual,
        to_json({'statement_id': statement_id, 'payment_id': payment_id, 'order_id': order_id}) as evidence,
        if(is_surplus, 'duplicate', 'line does not add up') as cause
    from transactions
    where is_surplus or is_broken
),

-- The region's own row wins over '*', the newest over an older one.
owned as (
    select
        transactions.*,
        map.needs_owner
    from transactions
    left join {{ ref('stg_config__shops') }} as shops
        on transactions.shop_id = shops.configured_shop_id and not shops.is_deleted
    inner join {{ ref('stg_config__fee_map') }} as map
        on
            'adjustment.' || transactions.transaction_type = map.fee_key
            and map.region in (shops.region, '*')
            and transactions.line_date between map.valid_from and map.valid_to
            and not map.is_deleted
    where transactions.order_id is null and not transactions.is_surplus and not transactions.is_broken
    qualify row_number() over (
        partition by transactions.shop_id, transactions.transaction_id
        order by map.region = '*', map.valid_from desc, map.fee_map_id asc
    ) = 1
),

unlinked as (
    select
        'FIN-15' as code,
        shop_id,
        'transaction' as entity_type,
        transaction_id as entity_id,
        abs(coalesce(settlement_amount, 0)) as money_at_risk_amount,
        currency,
        cast(null as timestamptz) as due_at,
        'an order, or an owner' as expected,
        transaction_type || ' without an order' as actual,
        to_json({'statement_id': statement_id, 'adjustment_id': adjustment_id}) as evidence,
        'no order link' as cause
    from owned
    -- A line that has become such an adjustment after posting is first a restatement.
    anti join {{ ref('exc_restatements') }} as restated
        on owned.shop_id = restated.shop_id and owned.statement_id = restated.entity_id
    where needs_owner
),

-- An order's line without its order settles no sale.
unnamed as (
    select
        'FIN-06' as code,
        shop_id,
        'transaction' as entity_type,
        transaction_id as entity_id,
        abs(coalesce(settlement_amount, 0)) as money_at_risk_amount,
        currency,
        cast(null as timestamptz) as due_at,
        'the order that it settles' as expected,
        'a line of type ORDER that names none' as actual,
        to_json({'statement_id': statement_id}) as evidence,
        'order not named' as cause
    from transactions
    anti join {{ ref('exc_restatements') }} as restated
        on transactions.shop_id = restated.shop_id and transactions.statement_id = restated.entity_id
    where transaction_type = 'ORDER' and settled_order_id is null and not is_surplus and not is_broken
)

select * from lines
union all by name
select * from unlinked
union all by name
select * from unnamed
