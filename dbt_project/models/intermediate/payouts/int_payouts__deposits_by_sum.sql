-- What is left after single matches: processor deposits that add up to one payment, or one that is several payments.
with recursive taken as (
    select
        shop_id,
        payment_id,
        bank_entry_id
    from {{ ref('int_payouts__deposits_by_reference') }}
    union all
    select
        shop_id,
        payment_id,
        bank_entry_id
    from {{ ref('int_payouts__deposits_by_amount') }}
),

short as (
    select
        shop_id,
        payment_id,
        sum(matched_amount) as matched_amount
    from {{ ref('int_payouts__deposits_by_reference') }}
    group by shop_id, payment_id
),

fits as (
    select
        payments.shop_id,
        payments.payment_id,
        {{ joined_key(['payments.shop_id', 'payments.payment_id']) }} as payment_key,
        payments.amount - coalesce(short.matched_amount, 0) as open_amount,
        short.payment_id is not null as is_named,
        credits.bank_entry_id,
        credits.amount as credit_amount,
        credits.is_deleted,
        credits.should_name_payment
    from {{ ref('int_payouts__expected_deposits') }} as payments
    left join short using (shop_id, payment_id)
    inner join {{ ref('int_payouts__credits') }} as credits
        on
            payments.currency = credits.currency
            and payments.account_id = credits.account_id
            and credits.booking_date between payments.paid_on and payments.expected_until
    anti join taken as taken_credits on credits.bank_entry_id = taken_credits.bank_entry_id
    left join taken as taken_payments
        on payments.shop_id = taken_payments.shop_id and payments.payment_id = taken_payments.payment_id
    where
        payments.is_paid
        and credits.processor is not null
        and credits.amount > 0
        and not credits.is_deleted
        and payments.amount > coalesce(short.matched_amount, 0)
        and (taken_payments.payment_id is null or short.payment_id is not null)
    qualify row_number() over (partition by payments.shop_id, payments.payment_id, credits.bank_entry_id) = 1
),

named_fits as (
    select payment_key from fits
    where is_named
),

pairs as (
    select
        payment_key as anchor_id,
        open_amount as target,
        bank_entry_id as item_id,
        credit_amount as amount
    from fits
    union all
    select
        bank_entry_id as anchor_id,
        credit_amount as target,
        payment_key as item_id,
        open_amount as amount
    from fits
    where not is_named
),

sums as (
    {{ sums_of('pairs', 4) }}
),

found as (
    select
        *,
        count(*) over (partition by anchor_id) as choices
    from sums
    where
        total = target
        and (item_count > 1 or anchor_id in (select named_fits.payment_key from named_fits))
    qualify row_number() over (partition by anchor_id order by item_count, items) = 1
),

members as (
    select
        anchor_id,
        choices,
        unnest(items) as item
    from found
)

select
    fits.shop_id,
    fits.payment_id,
    fits.bank_entry_id,
    members.item.amount as matched_amount,
    case when members.choices > 1 then 50 when fits.should_name_payment then 60 else 85 end as score,
    if(members.choices > 1, 'one of several sums that fit', 'the only sum that fits in time, from a known processor')
        as reason,
    if(members.anchor_id = fits.bank_entry_id, 'N:1', '1:N') as match_kind
from members
inner join fits
    on
        (members.anchor_id = fits.payment_key and members.item.item_id = fits.bank_entry_id)
        or (members.anchor_id = fits.bank_entry_id and members.item.item_id = fits.payment_key)
qualify row_number() over (partition by fits.shop_id, fits.payment_id, fits.bank_entry_id order by score desc) = 1
