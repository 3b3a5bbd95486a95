-- Journals still to be acknowledged: those to be written, and those that the books hold already under our key. Where it
-- does, nothing is written for that payout and month before they are acknowledged: what then differs is a revision.
with found as (
    select * from {{ ref('int_books__found_journals') }}
),

due as (
    select * from {{ ref('int_books__due_journals') }}
    anti join found using (shop_id, payment_id, month, subject)
),

-- The journal of the payment's own month is sent last: with it a payout is booked, and another month would be a change.
booked as (
    select distinct
        shop_id,
        payment_id,
        'payout' as subject
    from {{ ref('int_books__acknowledged_lines') }}
    where subject = 'payout' and line_class in ('bank', 'in_transit')
),

journals as (
    select
        entity_key,
        shop_id,
        payment_id,
        month,
        subject,
        revision,
        desired,
        amount,
        currency,
        -- Where one of its months is revised, what comes in another month is the other half of that change.
        max(revision) over (partition by shop_id, payment_id, subject) > 0
        or (shop_id, payment_id, subject) in (from booked) as needs_approval,
        'it corrects what was posted' as approval_reason,
        if(imbalance <> 0, 'ERP-02: unbalanced by ' || imbalance || ' ' || currency, null) as blocked_reason,
        null as already_there
    from due
    union all
    select
        entity_key,
        shop_id,
        payment_id,
        month,
        subject,
        revision,
        desired,
        amount,
        currency,
        differences <> '' as needs_approval,
        'ERP-07: the books hold it as journal ' || journal_id || ', with other ' || differences
        || '; approved, it counts as it is, and what differs follows as a revision' as approval_reason,
        blocked_reason,
        'journal ' || journal_id as already_there
    from found
)

select
    journals.entity_key,
    journals.shop_id,
    journals.payment_id,
    journals.month,
    journals.subject,
    journals.revision,
    journals.desired,
    journals.amount,
    journals.currency,
    journals.needs_approval,
    journals.approval_reason,
    journals.already_there,
    coalesce(journals.blocked_reason, blocks.blocked_reason) as blocked_reason
from journals
left join {{ ref('int_books__blocks') }} as blocks using (shop_id, payment_id)
