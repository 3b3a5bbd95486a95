-- The journal that is in the books for each one that was confirmed: the one confirmed, or one entered again under
-- our external id. One row per external id; none where the books hold neither.
with acknowledged as (
    select * from {{ ref('int_books__asked_journals') }}
),

held as (
    select * from {{ ref('int_books__held_journals') }}
),

candidates as (
    select
        acknowledged.external_id,
        held.journal_id,
        true as is_confirmed
    from acknowledged
    inner join held on acknowledged.vendor_id = held.journal_id
    union all
    select
        acknowledged.external_id,
        held.journal_id,
        false as is_confirmed
    from acknowledged
    inner join held on acknowledged.external_id = held.external_id
    -- What was confirmed for another key is that key's, with whatever external id it has now.
    anti join acknowledged as confirmed on held.journal_id = confirmed.vendor_id
)

select
    candidates.external_id,
    candidates.journal_id
from candidates
inner join held using (journal_id)
-- One that was entered again under our external id takes the place of one that counts no more.
qualify row_number() over (
    partition by candidates.external_id
    order by held.not_counted_because is null desc, candidates.is_confirmed desc, held.journal_id asc
) = 1
