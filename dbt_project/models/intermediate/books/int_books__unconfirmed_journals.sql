-- One row per journal that the books hold under a key of ours that no acknowledgement knows: a state that was lost or
-- is new finds the books as they are. One that has its key in its memo alone is here as well, and can only be held
-- against writing the same again.
with keyed as (
    select
        *,
        if(starts_with(coalesce(external_id, ''), 'TTS-'), external_id, key_in_memo) as entity_key
    from {{ ref('int_books__held_journals') }}
    where transaction_type = 'Journal' and not is_reversal
),

unconfirmed as (
    select
        keyed.*,
        {{ journal_key('keyed.entity_key') }} as key
    from keyed
    left join {{ ref('int_books__asked_journals') }} as known on keyed.entity_key = known.external_id
    left join {{ ref('int_books__asked_journals') }} as confirmed on keyed.journal_id = confirmed.vendor_id
    left join {{ ref('int_books__journal_copies') }} as copies on keyed.journal_id = copies.journal_id
    where known.external_id is null and confirmed.external_id is null and copies.journal_id is null
)

select
    entity_key,
    key.shop as shop_id,
    key.payment as payment_id,
    left(key.month, 4) || '-' || right(key.month, 2) as month,
    {{ journal_subject('key') }} as subject,
    cast(key.revision as integer) as revision,
    journal_id,
    coalesce(external_id = entity_key, false) as has_its_key,
    journal_date,
    currency,
    subsidiary_id,
    memo,
    not_counted_because,
    debit_amount,
    observed_at
from unconfirmed
where key.payment <> ''
-- The same key on several: the one that carries it as its external id, and counts.
qualify row_number() over (
    partition by entity_key
    order by coalesce(external_id = entity_key, false) desc, not_counted_because is null desc, journal_id asc
) = 1
