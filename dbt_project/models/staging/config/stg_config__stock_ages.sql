-- After how many minutes the stock of a system is too old to be sold. One row per system.
with versions as (
    {{ latest_versions(source('raw_config', 'stock')) }}
),

settings as (
    select
        payload,
        unnest(json_keys(payload)) as setting,
        loaded_through
    from versions
)

select
    regexp_extract(setting, '^(.*)_stale_after_minutes$', 1) as system,
    {{ units("payload ->> ('$.' || setting)") }} as stale_after_minutes,
    loaded_through
from settings
where ends_with(setting, '_stale_after_minutes')
