{{ config(materialized=atomic_view()) }}

-- Returns that ask, with others, more for a line than was paid: none of them is announced, answered or booked by us.
select distinct
    shop_id,
    unnest(return_ids) as return_id
from {{ ref('int_returns__doubled_lines') }}
