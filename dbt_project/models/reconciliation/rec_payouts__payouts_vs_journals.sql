-- One row per acknowledged journal: what NetSuite confirmed that it wrote against what it holds now.
with acknowledged as (
    select
        entity_key as external_id,
        shop_id,
        desired,
        vendor_id,
        acknowledged_at
    from {{ ref('stg_tieout__acknowledgements') }}
    where contains(sync, 'journal')
    qualify row_number() over (partition by entity_key order by acknowledged_at desc, acknowledgement_id desc) = 1
),

asked_lines as (
    select
        external_id,
        nullif(regexp_extract(desired ->> '$.subsidiary', '^[0-9]+$'), '') as subsidiary_id,
        unnest(from_json(desired -> '$.lines', '[{"account": "VARCHAR", "debit": "VARCHAR", "credit": "VARCHAR"}]'))
            as line
    from acknowledged
),

asked as (
    select
        external_id,
        any_value(subsidiary_id) as subsidiary_id,
        list_sort(list(
            line.account || ' ' || cast(cast(line.debit as decimal(18, 4)) as varchar)
            || ' ' || cast(cast(line.credit as decimal(18, 4)) as varchar)
        )) as entries,
        cast(sum(cast(line.debit as decimal(18, 4))) as decimal(18, 4)) as debit_amount
    from asked_lines
    group by external_id
),

held_lines as (
    select
        journal_id,
        list_sort(
            list(account_number || ' ' || cast(debit_amount as varchar) || ' ' || cast(credit_amount as varchar))
        ) as entries,
        cast(sum(debit_amount) as decimal(18, 4)) as debit_amount
    from {{ ref('stg_netsuite__journal_lines') }}
    where not is_deleted
    group by journal_id
),

held as (
    select
        journals.journal_id,
        journals.external_id,
        journals.memo,
        journals.journal_date,
        journals.currency,
        journals.subsidiary_id,
        journals.is_deleted,
        journals.observed_at,
        held_lines.entries,
        held_lines.debit_amount
    from {{ ref('stg_netsuite__journal_entries') }} as journals
    left join held_lines using (journal_id)
),

-- Ours is the one that was confirmed. Another with our external id, or nameless with its key and entries, is a copy.
twins as (
    select
        acknowledged.external_id,
        list(held.journal_id order by held.journal_id) as twin_ids
    from acknowledged
    inner join asked using (external_id)
    inner join held
        on
            not held.is_deleted
            and acknowledged.vendor_id <> held.journal_id
            and (
                acknowledged.external_id = held.external_id
                or (
                    held.external_id is null
                    and contains(held.memo, acknowledged.external_id)
                    and asked.entries = held.entries
                )
            )
    group by acknowledged.external_id
),

own as (
    select
        acknowledged.external_id,
        held.* exclude (external_id),
        held.external_id as held_external_id
    from acknowledged
    inner join held
        on
            not held.is_deleted
            and (acknowledged.vendor_id = held.journal_id or acknowledged.external_id = held.external_id)
    qualify row_number() over (
        partition by acknowledged.external_id order by held.journal_id = acknowledged.vendor_id desc, held.journal_id
    ) = 1
)

select
    acknowledged.shop_id,
    acknowledged.external_id,
    case
        when
            own.journal_id is not null
            and len(twins.twin_ids) > 0
            and not (len(twins.twin_ids) = 1 and twins.twin_ids[1] = own.journal_id)
            then 'duplicate_key'
        when own.journal_id is null then 'missing_right'
        when
            (own.entries is distinct from asked.entries)
            or (own.journal_date is distinct from cast(acknowledged.desired ->> '$.date' as date))
            or (own.held_external_id is distinct from acknowledged.external_id)
            or coalesce(nullif(own.currency, '') <> (acknowledged.desired ->> '$.currency'), false)
            or coalesce(own.subsidiary_id <> asked.subsidiary_id, false)
            then 'mismatched'
        else 'matched'
    end as status,
    asked.debit_amount as left_amount,
    own.debit_amount as right_amount,
    cast(coalesce(asked.debit_amount, 0) - coalesce(own.debit_amount, 0) as decimal(18, 4)) as difference_amount,
    acknowledged.desired ->> '$.currency' as currency,
    acknowledged.vendor_id,
    own.journal_id,
    coalesce(twins.twin_ids, cast([] as varchar[])) as twin_ids,
    asked.entries as asked_entries,
    own.entries as held_entries,
    acknowledged.desired ->> '$.date' as asked_date,
    own.journal_date as held_date,
    own.currency as held_currency,
    asked.subsidiary_id as asked_subsidiary,
    own.subsidiary_id as held_subsidiary,
    own.held_external_id,
    acknowledged.acknowledged_at as left_as_of,
    own.observed_at as right_as_of
from acknowledged
left join asked using (external_id)
left join own using (external_id)
left join twins using (external_id)
