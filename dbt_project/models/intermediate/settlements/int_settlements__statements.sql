with statements as (
    select * from {{ ref('stg_tiktok_shop__statements') }}
),

summaries as (
    select * from {{ ref('stg_tiktok_shop__statement_summaries') }}
),

transactions as (
    select
        shop_id,
        statement_id,
        count(*) as transaction_count,
        count(*) filter (where is_surplus) as surplus_count,
        count(*) filter (where is_quarantined) as quarantined_count,
        count(*) filter (where is_broken and not is_quarantined and not is_surplus) as broken_count,
        {%- for figure in ['settlement', 'revenue', 'shipping_cost', 'fee_tax', 'adjustment', 'reserve'] %}
            cast(coalesce(sum({{ figure }}_amount) filter (where not is_surplus), 0) as decimal(18, 4))
                as {{ figure }}_amount,
        {%- endfor %}
        min(order_created_at) filter (where transaction_type = 'ORDER' and not is_surplus) as first_order_at,
        max(observed_at) as observed_at
    from {{ ref('int_settlements__transactions') }}
    group by shop_id, statement_id
),

-- Records refused at the door still belong to a statement, and explain why it does not add up.
refused as (
    select
        shop_id,
        parent_id as statement_id,
        count(*) as refused_count
    from {{ ref('int_quarantine__refused') }}
    where entity = 'statement_transactions'
    group by shop_id, parent_id
),

joined as (
    select
        statements.*,
        strftime(statements.statement_at - interval 1 second, '%Y-%m') as line_month,
        summaries.total_settlement_amount,
        summaries.total_reserve_amount,
        coalesce(statements.net_sales_amount, statements.revenue_amount) as header_revenue_amount,
        transactions.first_order_at,
        coalesce(transactions.transaction_count, 0) as transaction_count,
        coalesce(transactions.surplus_count, 0) as surplus_count,
        coalesce(transactions.quarantined_count, 0) + coalesce(refused.refused_count, 0) as quarantined_count,
        coalesce(transactions.broken_count, 0) as broken_count,
        {%- for figure in ['settlement', 'revenue', 'shipping_cost', 'fee_tax', 'adjustment', 'reserve'] %}
            coalesce(transactions.{{ figure }}_amount, 0) as lines_{{ figure }}_amount,
        {%- endfor %}
        len(statements.faults) > 0 or len(coalesce(summaries.faults, [])) > 0 as is_quarantined,
        greatest(statements.observed_at, transactions.observed_at) as lines_observed_at
    from statements
    left join summaries using (shop_id, statement_id)
    left join transactions using (shop_id, statement_id)
    left join refused using (shop_id, statement_id)
),

classified as (
    select
        *,
        not is_deleted and row_number() over (
            partition by
                shop_id,
                is_deleted,
                payment_id,
                statement_at,
                currency,
                settlement_amount,
                header_revenue_amount,
                shipping_cost_amount,
                fee_amount,
                adjustment_amount
            order by transaction_count = 0, first_observed_at, length(statement_id), statement_id
        ) > 1 as is_surplus,
        coalesce(settlement_amount, lines_settlement_amount) <> lines_settlement_amount
        or coalesce(total_settlement_amount, lines_settlement_amount) <> lines_settlement_amount
        or coalesce(header_revenue_amount, lines_revenue_amount) <> lines_revenue_amount
        or coalesce(shipping_cost_amount, lines_shipping_cost_amount) <> lines_shipping_cost_amount
        or coalesce(fee_amount, lines_fee_tax_amount) <> lines_fee_tax_amount
        or coalesce(adjustment_amount, lines_adjustment_amount) <> lines_adjustment_amount
        or coalesce(total_reserve_amount, lines_reserve_amount) <> lines_reserve_amount
        -- A header that gives any part adds up by itself: a part that was emptied would say nothing to its lines.
        or (
            coalesce(header_revenue_amount, shipping_cost_amount, fee_amount, adjustment_amount) is not null
            and settlement_amount is distinct from (
                coalesce(header_revenue_amount, 0) + coalesce(shipping_cost_amount, 0) + coalesce(fee_amount, 0)
                + coalesce(adjustment_amount, 0)
            )
        )
        -- Where both are given, revenue is net sales, or the header adds up with it instead.
        or coalesce(revenue_amount not in (
            0, net_sales_amount, settlement_amount - coalesce(fee_amount, 0) - coalesce(adjustment_amount, 0)
        ), false) as is_header_off
    from joined
)

select
    shop_id,
    statement_id,
    payment_id,
    payment_status,
    currency,
    statement_at,
    paid_at,
    first_order_at,
    settlement_amount,
    shipping_cost_amount,
    fee_amount,
    adjustment_amount,
    is_deleted,
    first_observed_at,
    observed_at,
    loaded_through,
    line_month,
    total_settlement_amount,
    total_reserve_amount,
    header_revenue_amount,
    transaction_count,
    surplus_count,
    quarantined_count,
    lines_settlement_amount,
    lines_revenue_amount,
    lines_fee_tax_amount,
    lines_reserve_amount,
    is_quarantined,
    lines_observed_at,
    is_surplus,
    case
        when is_deleted then 'deleted'
        when is_surplus then 'surplus'
        when is_quarantined or quarantined_count > 0 then 'quarantined'
        when broken_count > 0 then 'line_broken'
        when is_header_off then 'header_off'
        else 'sound'
    end as arithmetic
from classified
