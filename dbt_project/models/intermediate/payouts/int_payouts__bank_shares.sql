-- Every share of a bank entry that belongs to a payment. A deleted entry is shown while nothing has replaced it.
with shares as (
    {%- for way in ['reference', 'amount', 'sum', 'remainder'] %}
        select
            shop_id,
            payment_id,
            bank_entry_id,
            matched_amount,
            score,
            reason,
            match_kind
        from {{ ref('int_payouts__deposits_by_' ~ way) }}
        {%- if not loop.last %} union all {%- endif %}
    {%- endfor %}
),

-- What a merged deposit gives to one payment is not there for the one that it names.
given as (
    select
        bank_entry_id,
        sum(matched_amount) as given_amount
    from {{ ref('int_payouts__deposits_by_remainder') }}
    where match_kind = 'N:1'
    group by bank_entry_id
)

select
    shares.shop_id,
    shares.payment_id,
    shares.bank_entry_id,
    credits.account_id,
    credits.booking_date,
    credits.value_date,
    cast(
        shares.matched_amount - if(leftover.payment_id is null, coalesce(given.given_amount, 0), 0) as decimal(18, 4)
    ) as matched_amount,
    credits.currency,
    shares.score,
    shares.reason,
    case
        when given.bank_entry_id is not null then 'N:1'
        when count(*) over (partition by shares.shop_id, shares.payment_id) > 1 then '1:N'
        else shares.match_kind
    end as match_kind,
    credits.is_deleted,
    credits.observed_at
from shares
inner join {{ ref('int_payouts__credits') }} as credits using (bank_entry_id)
left join given using (bank_entry_id)
left join {{ ref('int_payouts__deposits_by_remainder') }} as leftover
    on
        shares.shop_id = leftover.shop_id
        and shares.payment_id = leftover.payment_id
        and shares.bank_entry_id = leftover.bank_entry_id
