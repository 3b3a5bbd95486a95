{{ config(materialized=atomic_view()) }}

-- Every time that a line of a bank statement was read, whatever it said.
select
    id as bank_entry_id,
    {{ load_sequence('load_id') }} as loaded_through
from {{ source('raw_bank', 'entries') }}
