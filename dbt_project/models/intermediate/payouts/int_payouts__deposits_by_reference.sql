-- What each deposit that names a payment pays of it, and the payments merged into such a deposit.
with recursive payments as (
    select * from {{ ref('int_payouts__expected_deposits') }}
),

counted as (
    select * from {{ ref('int_payouts__deposit_reference_candidates') }}
),

pairs as (
    select distinct
        anchor.bank_entry_id as anchor_id,
        unnest([anchor.credit_amount - anchor.amount, anchor.credit_amount - anchor.computed_amount]) as target,
        other.payment_id as item_id,
        other.shop_id,
        unnest([other.amount, other.computed_amount]) as amount
    from counted as anchor
    inner join payments as other
        on
            anchor.shop_id = other.shop_id
            and other.is_paid
            and not other.is_deleted
            and other.amount > 0
            -- A sum that fits to the penny may come late.
            and anchor.booking_date between other.paid_on and other.expected_until + 20
    anti join counted as named on other.shop_id = named.shop_id and other.payment_id = named.payment_id
    where
        anchor.deposit_count = 1
        and anchor.payment_count = 1
        and anchor.credit_amount not in (anchor.amount, anchor.computed_amount)
),

sums as (
    {{ sums_of('pairs', 4) }}
),

mergers as (
    select
        anchor_id as bank_entry_id,
        items,
        target
    from sums
    where total = target
    qualify row_number() over (partition by anchor_id order by item_count, items) = 1
),

merged as (
    select
        bank_entry_id,
        unnest(items) as item
    from mergers
)

select
    counted.shop_id,
    counted.payment_id,
    counted.bank_entry_id,
    case
        when mergers.target is not null then counted.credit_amount - mergers.target
        -- One deposit that names several payments is shared out by their own amounts.
        when counted.payment_count > 1 then counted.amount
        else counted.credit_amount
    end as matched_amount,
    if(counted.is_out_of_place, 60, counted.score) as score,
    if(counted.score = 100, 'names the payment', 'names the last digits of the payment')
    || if(counted.is_out_of_place, ', but on another account, before it was paid, or far from its day', '') as reason,
    case
        when mergers.target is not null or counted.payment_count > 1 then 'N:1'
        when counted.deposit_count > 1 then '1:N'
        else '1:1'
    end as match_kind
from counted
left join mergers using (bank_entry_id)
union all
select
    counted.shop_id,
    merged.item.item_id as payment_id,
    merged.bank_entry_id,
    merged.item.amount as matched_amount,
    90 as score,
    'merged into a deposit that names payment ' || counted.payment_id as reason,
    'N:1' as match_kind
from merged
inner join counted using (bank_entry_id)
qualify
    row_number()
        over (partition by counted.shop_id, merged.item.item_id order by counted.booking_date, counted.bank_entry_id)
    = 1
