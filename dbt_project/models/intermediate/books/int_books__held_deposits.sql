{%- set differences = [
    ('external id', 'held.external_id', 'held.external_id is distinct from asked.external_id'),
    ('for customer', 'held.customer_id', 'held.customer_id is distinct from asked_customer_id'),
    (
        'for sales order', 'held.sales_order_id',
        'held.names_sales_order and held.sales_order_id is distinct from asked.asked_sales_order_id',
    ),
    (
        'into account', 'held.account_number',
        'len(held.account_numbers) > 0 and not list_contains(held.account_numbers, asked.asked_account_number)',
    ),
    ('dated', 'held.booking_date', 'held.booking_date is distinct from asked.asked_date'),
] %}
-- The deposits in the books that count and are ours, or copies of ours, each with the key of the one that should be
-- there. One row per deposit.
with held as (
    select
        deposits.*,
        -- Ours is the one that was acknowledged, whatever key it has since.
        coalesce(acknowledged.external_id, deposits.external_id) as booked_for
    from {{ ref('int_ledger__customer_deposits') }} as deposits
    left join {{ ref('int_books__acknowledged_deposits') }} as acknowledged
        on deposits.deposit_id = acknowledged.vendor_id
    where not deposits.is_deleted and not deposits.is_voided
),

asked as (
    select * from {{ ref('int_books__asked_deposits') }}
),

ours as (
    select
        held.*,
        -- A customer may be asked for by an external id, which the books do not show.
        if(
            regexp_full_match(asked.asked_customer, '[0-9]+'), asked.asked_customer, held.first_customer_id
        ) as asked_customer_id,
        concat_ws(
            ', ',
            {%- for words, theirs, is_other in differences %}
                if({{ is_other }}, '{{ words }} ' || coalesce(cast({{ theirs }} as varchar), '(none)'), null)
                {{- ',' if not loop.last }}
            {%- endfor %}
        ) as differences
    from held
    inner join asked on held.booked_for = asked.external_id
),

others as (
    select * from held
    where not coalesce(starts_with(booked_for, 'tieout-deposit-'), false)
),

-- One without a key of ours that puts down what one of ours does: it has its memo, or its sales order and amount.
alike as (
    select
        others.*,
        asked.external_id as copied_from,
        asked.asked_date,
        true as has_its_memo
    from others
    inner join asked on trim(others.memo) = trim(asked.asked_memo) and asked.asked_memo <> ''
    union all
    select
        others.*,
        asked.external_id as copied_from,
        asked.asked_date,
        false as has_its_memo
    from others
    inner join asked
        on
            others.sales_order_id = asked.asked_sales_order_id
            and others.amount = asked.amount
            and others.currency = asked.currency
),

copies as (
    select alike.*
    from alike
    semi join ours on alike.copied_from = ours.booked_for
    qualify row_number() over (
        partition by alike.deposit_id
        order by
            alike.has_its_memo desc,
            abs(date_diff('day', alike.asked_date, alike.booking_date)) asc nulls last,
            alike.copied_from asc
    ) = 1
)

select
    deposit_id,
    booked_for as external_id,
    'ours' as kind,
    amount,
    currency,
    differences
from ours
union all
select
    deposit_id,
    copied_from as external_id,
    'copy' as kind,
    amount,
    currency,
    '' as differences
from copies
