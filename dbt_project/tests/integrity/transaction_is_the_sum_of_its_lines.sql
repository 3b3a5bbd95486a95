{{ config(meta={'dagster': {'ref': {'name': 'int_settlements__lines'}}}) }}

-- Every settlement line equals the sum of its leaves, reserve included: nothing is lost and nothing is added twice.
select
    transactions.shop_id,
    transactions.transaction_id,
    transactions.payable_amount,
    coalesce(sum(lines.amount), 0) as lines_amount
from {{ ref('int_settlements__transactions') }} as transactions
left join {{ ref('int_settlements__lines') }} as lines using (shop_id, transaction_id, statement_id)
where not transactions.is_surplus and not transactions.is_quarantined and not transactions.is_broken
group by transactions.shop_id, transactions.transaction_id, transactions.payable_amount
having transactions.payable_amount <> coalesce(sum(lines.amount), 0)
