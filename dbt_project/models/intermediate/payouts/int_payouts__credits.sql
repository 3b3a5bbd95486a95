-- Bank entries as evidence of payouts, with who paid them. Deleted entries stay: they say which deposit has gone.
select
    deposits.bank_entry_id,
    deposits.account_id,
    deposits.booking_date,
    deposits.value_date,
    deposits.amount,
    deposits.currency,
    deposits.words,
    deposits.is_deleted,
    deposits.observed_at,
    min(processors.processor) as processor,
    coalesce(bool_or(processors.always_names_payment), false) as should_name_payment
from {{ ref('int_bank__deposits') }} as deposits
left join {{ ref('payout_processors') }} as processors
    on contains(lower(deposits.counterparty || ' ' || deposits.remittance), processors.pattern)
where not deposits.is_copy
group by all
