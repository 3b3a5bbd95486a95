{{
    config(
        materialized=changed_keys_incremental(),
        pre_hook="{{ delete_changed_keys(['(' ~ newstore_items_reported() ~ ')'], 'item') }}"
    )
}}

-- Every item whose stock was ever reported, and in which load it last was.
with reported as (
    {{ newstore_items_reported() }}
)

select
    item,
    max(loaded_through) as loaded_through
from reported
where item is not null
group by item
