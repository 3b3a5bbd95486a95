-- Deposits that name a payment, by its full id or by eight or more of its last digits; and the payments merged into them.
with recursive payments as (
    select * from {{ ref('rec_payouts__expected_deposits') }}
),

credits as (
    select * from {{ ref('rec_payouts__credits') }}
),

words as (
    select bank_entry_id, regexp_replace(unnest(words), '[^0-9]', '', 'g') as digits from credits
),

hits as (
    select
        payments.shop_id,
        payments.payment_id,
        words.bank_entry_id,
        max(if(contains(words.digits, payments.payment_id), 100, 95)) as score
    from payments
    inner join words
        on
            right(payments.payment_id, 8) = right(words.digits, 8)
            and length(words.digits) >= 8
            and (ends_with(payments.payment_id, words.digits) or ends_with(words.digits, payments.payment_id))
    group by payments.shop_id, payments.payment_id, words.bank_entry_id
),

named as (
    select * from hits
    qualify rank() over (partition by bank_entry_id order by score desc) = 1
),

-- A deleted deposit counts only where the living ones do not suffice.
chosen as (
    select
        named.*,
        credits.amount as credit_amount,
        credits.is_deleted,
        credits.booking_date,
        payments.amount,
        payments.computed_amount,
        coalesce(sum(credits.amount) filter (where not credits.is_deleted) over payment, 0) as live_amount,
        coalesce(sum(credits.amount) over payment, 0) as whole_amount,
        count(*) filter (where not credits.is_deleted) over payment as live_count
    from named
    inner join credits using (bank_entry_id)
    inner join payments using (shop_id, payment_id)
    window payment as (partition by named.shop_id, named.payment_id)
    qualify not credits.is_deleted or live_count = 0 or (live_amount <> payments.amount and whole_amount = payments.amount)
),

counted as (
    select
        *,
        count(*) over (partition by shop_id, payment_id) as deposit_count,
        count(*) over (partition by bank_entry_id) as payment_count,
        sum(credit_amount) over (partition by shop_id, payment_id) as deposits_amount
    from chosen
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
            and anchor.booking_date between other.paid_on and other.expected_until
    anti join named on other.shop_id = named.shop_id and other.payment_id = named.payment_id
    where
        anchor.deposit_count = 1
        and anchor.payment_count = 1
        and anchor.credit_amount not in (anchor.amount, anchor.computed_amount)
),

sums as (
    {{ sums_of('pairs', 4) }}
),

merges as (
    select anchor_id as bank_entry_id, items, target
    from sums
    where total = target
    qualify row_number() over (partition by anchor_id order by item_count, items) = 1
)

select
    counted.shop_id,
    counted.payment_id,
    counted.bank_entry_id,
    case
        when merges.target is not null then counted.credit_amount - merges.target
        -- One deposit that names several payments is shared out by their own amounts.
        when counted.payment_count > 1 then counted.amount
        else counted.credit_amount
    end as matched_amount,
    counted.score,
    if(counted.score = 100, 'names the payment', 'names the last digits of the payment') as reason,
    case
        when merges.target is not null or counted.payment_count > 1 then 'N:1'
        when counted.deposit_count > 1 then '1:N'
        else '1:1'
    end as match_kind
from counted
left join merges using (bank_entry_id)
union all
select
    counted.shop_id,
    merged.item.item_id as payment_id,
    merged.bank_entry_id,
    merged.item.amount as matched_amount,
    90 as score,
    'merged into a deposit that names payment ' || counted.payment_id as reason,
    'N:1' as match_kind
from (select bank_entry_id, unnest(items) as item from merges) as merged
inner join counted using (bank_entry_id)
qualify row_number() over (partition by counted.shop_id, merged.item.item_id order by counted.booking_date, counted.bank_entry_id) = 1
