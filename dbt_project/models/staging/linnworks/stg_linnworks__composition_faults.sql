-- What cannot be read in compositions, asked of the record as a whole: one whose components are no list has no row of
-- its own elsewhere.
with versions as (
    {{ latest_versions(source('raw_linnworks', 'compositions')) }}
),

documents as (
    select
        *,
        from_json(payload, '{"SKU": "VARCHAR", "Components": [{"SKU": "VARCHAR", "Quantity": "VARCHAR"}]}') as body
    from versions
)

select
    id as bundle_id,
    list_concat(
        {{ faults([
            missing_fault('SKU', 'body.SKU'), text_fault('SKU', 'body.SKU'),
            shape_faults('payload', {'Components': 'ARRAY', 'Components[*]': 'OBJECT'}),
        ]) }},
        {{ faults_in('body.Components', 'part', [
            missing_fault('Components.SKU', 'part.SKU'), text_fault('Components.SKU', 'part.SKU'),
            missing_fault('Components.Quantity', 'part.Quantity'), count_fault('Components.Quantity', 'part.Quantity'),
        ]) }}
    ) as faults,
    is_deleted,
    observed_at,
    loaded_through
from documents
