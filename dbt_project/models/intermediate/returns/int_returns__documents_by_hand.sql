-- Refunds without our document that somebody seems to have booked: a document under none of our keys names the return
-- in its memo; or names the order, and has the amount; or has no external id, the amount, and a day at most 31 days
-- away. A document is of one refund, by the strongest and then the nearest; only numbers of returns name several.
{%- set is_of_its_amount = 'documents.currency = refunds.currency
    and documents.amount in (refunds.amount, refunds.amount + refunds.tax_amount)' %}
with documents as (
    select
        credit_memo_id,
        booking_date,
        currency,
        amount,
        coalesce(external_id, '') as external_id,
        list_distinct(regexp_extract_all(coalesce(memo, ''), '[0-9]{12,}')) as numbers
    from {{ ref('int_ledger__credit_memos') }}
    where
        not is_deleted
        and not coalesce(is_voided, false)
        and not starts_with(coalesce(external_id, ''), 'tieout-refund-')
),

numbers as (
    select
        credit_memo_id,
        currency,
        amount,
        unnest(numbers) as number
    from documents
),

refunds as (
    select
        *,
        document_count = 0
        and acknowledged_at is null
        and coalesce(starts_with(blocked_reason, 'FIN-11'), true) as is_waiting
    from {{ ref('int_returns__credit_memos') }}
),

matches as (
    select
        documents.credit_memo_id,
        refunds.*,
        1 as strength,
        0 as days_between
    from numbers as documents
    inner join refunds on documents.number = refunds.return_id
    -- Two shops can have one number; the document is of the one whose currency it has.
    qualify
        rank() over (
            partition by documents.credit_memo_id, refunds.return_id
            order by documents.currency is distinct from refunds.currency
        ) = 1
    union all
    select
        documents.credit_memo_id,
        refunds.*,
        2 as strength,
        0 as days_between
    from numbers as documents
    inner join refunds on documents.number = refunds.order_id and {{ is_of_its_amount }}
    union all
    select
        documents.credit_memo_id,
        refunds.*,
        3 as strength,
        abs(date_diff('day', documents.booking_date, refunds.booking_date)) as days_between
    from documents
    inner join refunds on {{ is_of_its_amount }}
    where
        refunds.is_waiting
        and documents.external_id = ''
        and abs(date_diff('day', documents.booking_date, refunds.booking_date)) <= 31
),

strongest as (
    select * from matches
    qualify
        strength = min(strength) over (partition by credit_memo_id)
        and (
            strength = 1
            or row_number() over (
                partition by credit_memo_id order by strength, not is_waiting, days_between, shop_id, return_id
            ) = 1
        )
)

select
    shop_id,
    return_id,
    order_id,
    credit_memo_id,
    'ERP-05: document ' || credit_memo_id
    || case strength
        when 1 then ' names this return'
        when 2 then ' names the order and has the amount'
        else ' has the amount and no external id'
    end
    || '; give it the external id ' || external_id
    || if(strength = 3, ', or any other', ', or take the number out of its memo')
    || ' if it is not of this refund' as held_because
from strongest
where is_waiting
qualify row_number() over (partition by shop_id, return_id order by strength, days_between, credit_memo_id) = 1
