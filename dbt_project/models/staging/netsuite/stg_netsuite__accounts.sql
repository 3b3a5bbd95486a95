with versions as (
    {{ latest_versions(source('raw_netsuite', 'accounts')) }}
),

-- Every number that an account had.
known as (
    select
        id,
        list_sort(list(distinct payload ->> '$.acctnumber')) as account_numbers
    from {{ source('raw_netsuite', 'accounts') }}
    where payload ->> '$.acctnumber' is not null
    group by id
)

select
    id as account_id,
    payload ->> '$.acctnumber' as account_number,
    coalesce(known.account_numbers, []) as account_numbers,
    coalesce(payload ->> '$.fullname', payload ->> '$.accountsearchdisplayname') as account_name,
    payload ->> '$.accttype' as account_type,
    coalesce(payload ->> '$.isinactive', 'F') = 'T' as is_inactive,
    {{ faults([
        each_fault_in('payload', text_fault, ['acctnumber', 'fullname', 'accountsearchdisplayname', 'accttype']),
        flag_fault('isinactive', "(payload ->> '$.isinactive')", words="'T', 'F'"),
    ]) }} as faults,
    is_deleted,
    observed_at,
    loaded_through
from versions
left join known using (id)
