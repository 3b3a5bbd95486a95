{{
    config(
        materialized=changed_keys_incremental(),
        pre_hook=[
            "{% if builds_changed_keys() %} create or replace temp table known_windows as from {{ this }} {% endif %}",
            "{{ delete_changed_keys([ref('stg_tieout__coverage')], 'system, entity, shop_id') }}"
        ]
    )
}}

-- Overlapping and adjoining verified windows, merged: absence is believed only inside one of these. Coverage only gains
-- rows, and merged windows merge with later ones as what they are made of would.
with windows as (
    select
        system,
        entity,
        shop_id,
        window_from,
        window_to,
        read_in_load,
        loaded_through
    from {{ ref('stg_tieout__coverage') }}
    where
        window_from is not null and window_to is not null
        {%- if builds_changed_keys() %} and loaded_through > {{ built_through() }} {%- endif %}
    {%- if builds_changed_keys() %}
        union all
        select * from known_windows
        {{ only_changed_keys('system, entity, shop_id') }}
    {%- endif %}
),

marked as (
    select
        *,
        window_from > max(window_to) over (
            partition by system, entity, shop_id
            order by window_from, window_to rows between unbounded preceding and 1 preceding
        ) as is_after_gap
    from windows
),

islands as (
    select
        *,
        count(*) filter (where is_after_gap) over (
            partition by system, entity, shop_id order by window_from, window_to
        ) as island
    from marked
)

select
    system,
    entity,
    shop_id,
    min(window_from) as window_from,
    max(window_to) as window_to,
    max(read_in_load) as read_in_load,
    max(loaded_through) as loaded_through
from islands
group by system, entity, shop_id, island
