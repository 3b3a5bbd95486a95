-- Payments that go to another bank account than their shop's; one that goes to its own, or does not say, has no row.
-- TikTok Shop masks an account but for its end: what is shown of it, three characters or more, must end the account's
-- own code. A payment that names no account is reported only where the shop's other payments name one.
with payments as (
    select
        shop_id,
        payment_id,
        bank_account,
        upper(regexp_extract(replace(bank_account, ' ', ''), '[A-Za-z0-9]*$')) as shown_code,
        count(bank_account) over (partition by shop_id) > 0 as has_account
    from {{ ref('int_payouts__payments') }}
    where is_known and payment_status = 'PAID'
),

accounts as (
    select
        shops.configured_shop_id as shop_id,
        accounts.account_code
    from {{ ref('stg_config__shops') }} as shops
    inner join {{ ref('stg_config__bank_accounts') }} as accounts
        on shops.bank_account_id = accounts.account_id and not accounts.is_deleted
    where not shops.is_deleted and accounts.account_code <> ''
)

select
    payments.shop_id,
    payments.payment_id,
    payments.bank_account,
    accounts.account_code
from payments
inner join accounts using (shop_id)
where
    if(
        payments.bank_account is null,
        payments.has_account,
        length(payments.shown_code) >= 3 and not ends_with(accounts.account_code, payments.shown_code)
    )
