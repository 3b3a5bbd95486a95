with versions as (
    {{ latest_versions(source('raw_netsuite', 'accounts')) }}
)

select
    id as account_id,
    payload ->> '$.acctnumber' as account_number,
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
