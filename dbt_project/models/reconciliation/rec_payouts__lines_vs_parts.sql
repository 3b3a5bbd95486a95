-- One row per settlement transaction: its total against its own parts.
select
    shop_id,
    transaction_id,
    statement_id,
    case
        when is_surplus then 'duplicate_key'
        when is_quarantined then 'accepted'
        when is_broken then 'mismatched'
        when fee_tax_unitemised_amount <> 0 then 'within_tolerance'
        else 'matched'
    end as status,
    coalesce(settlement_amount, 0) as left_amount,
    cast(
        parts_amount
        - revenue_unitemised_amount - shipping_cost_unitemised_amount - fee_tax_unitemised_amount as decimal(18, 4)
    ) as right_amount,
    cast(
        coalesce(settlement_amount, 0)
        - (
            parts_amount - revenue_unitemised_amount - shipping_cost_unitemised_amount - fee_tax_unitemised_amount
        ) as decimal(18, 4)
    ) as difference_amount,
    observed_at as left_as_of,
    observed_at as right_as_of
from {{ ref('int_settlements__transactions') }}
