-- Deposits whose payer is TikTok Shop itself, and that belong to no payment which was read, although all payments up to
-- that day were. Of other processors nothing is asked: they pay for other sales channels too.
with accounts as (
    select
        bank_account_id as account_id,
        min(configured_shop_id) as shop_id,
        list(distinct configured_shop_id) as shop_ids
    from {{ ref('stg_config__shops') }}
    where not is_deleted
    group by bank_account_id
),

-- Up to when the payments of every shop of the account were read without a gap, and since when.
newest as (
    select
        shop_id,
        max(window_to) as window_to,
        max_by(window_from, window_to) as window_from
    from {{ ref('int_coverage__windows') }}
    where system = 'tiktok_shop' and entity = 'payments'
    group by shop_id
),

verified as (
    select
        accounts.account_id,
        max(newest.window_from) as window_from,
        min(newest.window_to) as window_to,
        count(*) as shop_count
    from accounts
    inner join newest on list_contains(accounts.shop_ids, newest.shop_id)
    group by accounts.account_id
),

-- A payment that cannot be read may be the one.
held as (
    select distinct shop_id from {{ ref('int_quarantine__records') }}
    where entity = 'payments'
)

select
    'FIN-23' as code,
    accounts.shop_id,
    'bank_entry' as entity_type,
    credits.bank_entry_id as entity_id,
    credits.amount as money_at_risk_amount,
    credits.currency,
    cast(null as timestamptz) as due_at,
    'a payment of this deposit' as expected,
    credits.amount || ' ' || credits.currency || ' from TikTok Shop, and no such payment' as actual,
    to_json({'account_id': credits.account_id, 'booking_date': credits.booking_date}) as evidence,
    'deposit without a payment' as cause
from {{ ref('int_payouts__credits') }} as credits
inner join accounts using (account_id)
inner join verified using (account_id)
anti join {{ ref('int_payouts__bank_shares') }} as taken on credits.bank_entry_id = taken.bank_entry_id
where
    credits.should_name_payment
    and credits.amount > 0
    and not credits.is_deleted
    and verified.shop_count = len(accounts.shop_ids)
    and cast(credits.booking_date as timestamptz) between verified.window_from and verified.window_to
    and not exists (
        select 1 from held
        where list_contains(accounts.shop_ids, held.shop_id)
    )
