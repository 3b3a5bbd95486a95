{%- set fields = {
    'statements': ['payment_time'],
    'payments': ['settlement_amount.value', 'settlement_amount.currency', 'payment_amount_before_exchange.currency'],
} %}
{%- set status = {'statements': 'payment_status', 'payments': 'status'} %}

-- What an earlier version of a statement or payment held and the newest, which is paid, does not, of fields that
-- nothing else asks for: a fault for each. What was 0 may be left out. A record that has lost nothing has no row.
with versions as (
    {%- for entity, names in fields.items() %}
        select
            '{{ entity }}' as entity,
            shop_id,
            id,
            cast(epoch_us(observed_at) as hugeint) * 100000000000000000 + {{ load_sequence('load_id') }}
                as version_order,
            payload ->> '$.{{ status[entity] }}' as record_status,
            [
                {%- for name in names %}
                    {'name': '{{ name }}', 'text': coalesce(payload ->> '$.{{ name }}', '')}{{ ',' if not loop.last }}
                {%- endfor %}
            ] as fields
        from {{ source('raw_tiktok_shop', entity) }}
        where not is_deleted
        {%- if not loop.last %} union all {%- endif %}
    {%- endfor %}
),

compared as (
    select
        entity,
        shop_id,
        id as record_id,
        arg_max(record_status, version_order) as record_status,
        list_transform(
            list_filter(arg_max(fields, version_order), lambda field: field.text = ''), lambda field: field.name
        ) as silent_names,
        list_distinct(list_transform(
            list_filter(flatten(list(fields)), lambda field: not regexp_full_match(field.text, '-?0*[.]?0*')),
            lambda field: field.name
        )) as given_names
    from versions
    group by entity, shop_id, id
    having count(*) > 1
)

select
    entity,
    shop_id,
    record_id,
    list_transform(
        list_sort(list_intersect(silent_names, given_names)),
        lambda field: {'field': field, 'value': '', 'reason': 'was there before and is missing now'}
    ) as faults
from compared
where record_status = 'PAID' and list_has_any(silent_names, given_names)
