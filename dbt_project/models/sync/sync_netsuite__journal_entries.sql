-- Journals that NetSuite is to hold, as reverse sync takes them.
select
    entity_key,
    shop_id,
    payment_id,
    month,
    subject,
    revision,
    entity_key as external_id,
    desired,
    md5(desired) as desired_hash,
    amount,
    currency,
    needs_approval,
    approval_reason,
    already_there,
    blocked_reason
from {{ ref('int_books__pending_journals') }}
