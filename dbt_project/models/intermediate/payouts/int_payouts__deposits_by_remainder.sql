-- The last resort, always in need of a person: an overdue payment and a deposit that nothing else claims, though the
-- sums differ. One that may still arrive by itself takes no deposit of another payment.
with taken as (
    {%- for way in ['reference', 'amount', 'sum'] %}
        select
            shop_id,
            payment_id,
            bank_entry_id,
            matched_amount
        from {{ ref('int_payouts__deposits_by_' ~ way) }}
        {%- if not loop.last %} union all {%- endif %}
    {%- endfor %}
),

payments as (
    select * from {{ ref('int_payouts__expected_deposits') }}
    anti join taken using (shop_id, payment_id)
    where is_overdue and not is_deleted
),

credits as (
    select * from {{ ref('int_payouts__credits') }}
    anti join taken using (bank_entry_id)
    where processor is not null and not is_deleted
),

nearest as (
    select
        payments.shop_id,
        payments.payment_id,
        credits.bank_entry_id,
        credits.amount as matched_amount,
        'nothing else fits either of them, but the amounts differ' as reason,
        '1:1' as match_kind
    from payments
    inner join credits
        on
            payments.account_id = credits.account_id
            and credits.booking_date between payments.paid_on and payments.expected_until
    qualify
        row_number() over (
            partition by payments.shop_id, payments.payment_id
            order by abs(credits.amount - payments.amount), credits.booking_date, credits.bank_entry_id
        ) = 1
        and row_number() over (
            partition by credits.bank_entry_id
            order by abs(credits.amount - payments.amount), payments.paid_on, payments.payment_id
        ) = 1
),

-- A deposit that names one payment and does not tie may be the merged deposit of an overdue one as well.
off as (
    select
        named.bank_entry_id,
        named.shop_id,
        any_value(named.payment_id) as payment_id,
        any_value(named.matched_amount) as matched_amount,
        any_value(expected.amount) as amount
    from {{ ref('int_payouts__deposits_by_reference') }} as named
    inner join {{ ref('int_payouts__expected_deposits') }} as expected using (shop_id, payment_id)
    where not expected.is_deleted
    group by named.bank_entry_id, named.shop_id
    having
        count(*) = 1
        and any_value(named.matched_amount) not in (any_value(expected.amount), any_value(expected.computed_amount))
),

merged as (
    select
        payments.shop_id,
        payments.payment_id,
        off.bank_entry_id,
        payments.amount as matched_amount,
        'probably merged into the deposit that names payment ' || off.payment_id as reason,
        'N:1' as match_kind
    from off
    inner join {{ ref('int_payouts__credits') }} as credits using (bank_entry_id)
    inner join payments
        on
            off.shop_id = payments.shop_id
            and credits.booking_date between payments.paid_on and payments.expected_until
    anti join nearest on payments.shop_id = nearest.shop_id and payments.payment_id = nearest.payment_id
    where abs(off.matched_amount - off.amount - payments.amount) < abs(off.matched_amount - off.amount)
    qualify
        row_number()
            over (partition by off.bank_entry_id order by abs(off.matched_amount - off.amount - payments.amount))
        = 1
)

select
    *,
    50 as score
from nearest
union all
select
    *,
    50 as score
from merged
