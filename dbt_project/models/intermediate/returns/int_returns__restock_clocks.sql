{{ config(materialized=atomic_view()) }}

-- What should be in stock again, with whether its time is over. What a stock system reports is late only where its
-- reports of that time were read; what is ours to book is known from our own writes.
{%- set late_at = 'restocks.graded_at + to_hours(rules.restock_after_hours)' %}

select
    restocks.*,  -- noqa: AM04
    coalesce(clock.as_of >= {{ late_at }}, false)
    and (
        restocks.is_ours_to_book
        or systems.receipts_entity = ''
        or {{ was_read('reads.windows', 'restocks.graded_at', late_at) }}
    ) as is_late
from {{ ref('int_returns__restocks') }} as restocks
inner join {{ ref('int_systems') }} as systems on restocks.system = systems.system
left join {{ ref('int_coverage__as_of') }} as clock on restocks.shop_id = clock.shop_id
cross join {{ ref('stg_config__returns') }} as rules
left join {{ ref('int_coverage__reads') }} as reads
    on systems.system = reads.system and systems.receipts_entity = reads.entity and reads.shop_id = ''
