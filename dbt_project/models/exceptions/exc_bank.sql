-- Bank entries that were delivered twice. Which shop they belong to is the account's, when it has only one.
select
    'FIN-19' as code,
    coalesce(any_value(shops.configured_shop_id), '') as shop_id,
    'bank_entry' as entity_type,
    deposits.bank_entry_id as entity_id,
    abs(deposits.amount) as money_at_risk_amount,
    deposits.currency,
    cast(null as timestamptz) as due_at,
    'one entry' as expected,
    'the same entry twice' as actual,
    to_json({'account_id': deposits.account_id, 'booking_date': deposits.booking_date}) as evidence,
    'duplicate' as cause
from {{ ref('int_bank__deposits') }} as deposits
left join {{ ref('stg_config__shops') }} as shops
    on deposits.account_id = shops.bank_account_id and not shops.is_deleted
where deposits.is_copy and not deposits.is_deleted
group by deposits.bank_entry_id, deposits.amount, deposits.currency, deposits.account_id, deposits.booking_date
