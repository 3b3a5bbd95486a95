-- One row per transaction that books an acknowledged journal again, or takes it back, without being it: a copy has its
-- lines, a mirror has them with debit and credit exchanged. Ours is the one that was confirmed, whatever it carries.
with acknowledged as (
    select * from {{ ref('int_books__asked_journals') }}
),

others as (
    select held.*
    from {{ ref('int_books__held_journals') }} as held
    left join acknowledged on held.journal_id = acknowledged.vendor_id
    where acknowledged.vendor_id is null and held.not_counted_because is null
),

named as (
    select
        others.journal_id,
        acknowledged.external_id,
        acknowledged.journal_date,
        'copy' as kind,
        true as has_its_key
    from others
    inner join acknowledged on others.external_id = acknowledged.external_id
),

equal as (
    select
        others.journal_id,
        acknowledged.external_id,
        acknowledged.journal_date,
        'copy' as kind,
        others.key_in_memo = acknowledged.external_id as has_its_key
    from others
    inner join acknowledged
        on others.entries = acknowledged.entries and others.currency is not distinct from acknowledged.currency
    union all
    select
        others.journal_id,
        acknowledged.external_id,
        acknowledged.journal_date,
        'mirror' as kind,
        others.key_in_memo = acknowledged.external_id as has_its_key
    from others
    inner join acknowledged
        on
            others.mirrored_entries = acknowledged.entries
            and others.currency is not distinct from acknowledged.currency
    where others.reversal_id is null and not others.is_reversal
)

-- Of several acknowledged journals that are alike, the one whose key it carries, then the nearest in time.
select
    candidates.journal_id,
    candidates.external_id,
    candidates.kind
from (
    select * from named
    union all
    select * from equal
) as candidates
inner join others using (journal_id)
qualify row_number() over (
    partition by candidates.journal_id
    order by
        candidates.has_its_key desc,
        abs(date_diff('day', candidates.journal_date, others.journal_date)) asc nulls last,
        candidates.external_id asc
) = 1
