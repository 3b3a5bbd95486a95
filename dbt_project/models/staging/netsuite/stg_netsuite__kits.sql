-- One row per kit, with its members as a list.
with versions as (
    {{ latest_versions(source('raw_netsuite', 'kits')) }}
)

select
    id as kit_id,
    from_json(payload -> '$.members', '[{"item": "VARCHAR", "quantity": "VARCHAR"}]') as members,
    {{ faults_in(
        "from_json(payload -> '$.members', '[{\"item\": \"VARCHAR\", \"quantity\": \"VARCHAR\"}]')", 'part', [
            missing_fault('members.item', 'part.item'), text_fault('members.item', 'part.item'),
            missing_fault('members.quantity', 'part.quantity'), count_fault('members.quantity', 'part.quantity'),
        ]
    ) }} as faults,
    is_deleted,
    observed_at,
    loaded_through
from versions
