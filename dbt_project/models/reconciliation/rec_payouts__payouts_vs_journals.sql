-- One row per acknowledged journal: what the books confirmed against what they hold now.
with acknowledged as (
    select * from {{ ref('int_books__asked_journals') }}
),

held as (
    select * from {{ ref('int_books__held_journals') }}
),

copies as (
    select
        external_id,
        list(journal_id order by journal_id) filter (where kind = 'copy') as copy_ids,
        list(journal_id order by journal_id) filter (where kind = 'mirror') as mirror_ids
    from {{ ref('int_books__journal_copies') }}
    group by external_id
),

own as (
    select
        confirmed.external_id as asked_id,
        held.*
    from {{ ref('int_books__confirmed_journals') }} as confirmed
    inner join held using (journal_id)
),

compared as (
    select
        acknowledged.*,
        own.journal_id,
        own.entries as held_entries,
        own.debit_amount as held_amount,
        own.observed_at,
        list_filter(coalesce(copies.copy_ids, []), lambda id: id is distinct from own.journal_id) as twin_ids,
        coalesce(copies.mirror_ids, []) as mirror_ids,
        own.not_counted_because,
        own.is_reversal,
        concat_ws(
            ', ',
            if(
                own.entries is distinct from acknowledged.entries,
                'lines of ' || own.debit_amount || ' where ' || acknowledged.debit_amount || ' was booked',
                null
            ),
            if(
                own.journal_date is distinct from acknowledged.journal_date,
                'dated ' || coalesce(cast(own.journal_date as varchar), 'never'),
                null
            ),
            if(
                nullif(own.currency, '') is distinct from acknowledged.currency,
                'currency ' || coalesce(nullif(own.currency, ''), '(none)'),
                null
            ),
            'subsidiary ' || nullif(
                coalesce(own.subsidiary_id, '(none)'),
                coalesce(acknowledged.subsidiary_id, own.first_subsidiary_id, own.subsidiary_id, '(none)')
            ),
            if(
                own.external_id is distinct from acknowledged.external_id,
                'external id ' || coalesce(own.external_id, '(none)'),
                null
            ),
            if(trim(own.memo) is distinct from trim(acknowledged.memo), 'another memo', null),
            if(
                own.entries = acknowledged.entries and own.noted_entries is distinct from acknowledged.noted_entries,
                'other memos on its lines',
                null
            ),
            if(own.is_in_other_period, 'in period ' || own.period_name, null),
            'exchange rate ' || nullif(coalesce(own.exchange_rate, 0), coalesce(own.first_exchange_rate, 0))
        ) as differences
    from acknowledged
    left join own on acknowledged.external_id = own.asked_id
    left join copies on acknowledged.external_id = copies.external_id
)

select
    shop_id,
    external_id,
    payment_id,
    case
        when journal_id is null then 'gone'
        when not_counted_because is not null or is_reversal or len(mirror_ids) > len(twin_ids) then 'not_counted'
        when len(twin_ids) > len(mirror_ids) then 'copied'
        when differences <> '' then 'edited'
    end as break_reason,
    case break_reason
        when 'gone' then 'missing_right'
        when 'not_counted' then 'mismatched'
        when 'copied' then 'duplicate_key'
        when 'edited' then 'mismatched'
        else 'matched'
    end as status,
    debit_amount as left_amount,
    if(break_reason = 'not_counted', 0, held_amount) as right_amount,
    cast(coalesce(debit_amount, 0) - coalesce(right_amount, 0) as decimal(18, 4)) as difference_amount,
    currency,
    vendor_id,
    journal_id,
    case
        when not_counted_because is not null then not_counted_because
        when is_reversal then 'marked as a reversal'
        when len(mirror_ids) > len(twin_ids) then 'taken back by ' || array_to_string(mirror_ids, ', ')
    end as not_counted_because,
    differences,
    twin_ids,
    mirror_ids,
    entries as asked_entries,
    held_entries,
    cast(journal_date as varchar) as asked_date,
    acknowledged_at as left_as_of,
    observed_at as right_as_of
from compared
