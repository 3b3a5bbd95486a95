-- Records held out of every figure: those that staging could not read, and those that ingestion could not land.
with held as (
    {%- for entity, model, key, parent in [
        ('statement_transactions', 'stg_tiktok_shop__statement_transactions', 'transaction_id', 'statement_id'),
        ('statements', 'stg_tiktok_shop__statements', 'statement_id', 'payment_id'),
        ('statement_summaries', 'stg_tiktok_shop__statement_summaries', 'statement_id', "''"),
        ('payments', 'stg_tiktok_shop__payments', 'payment_id', "''"),
        ('orders', 'stg_tiktok_shop__orders', 'order_id', "''"),
        ('order_lines', 'stg_tiktok_shop__order_lines', 'order_line_id', 'order_id'),
        ('packages', 'stg_tiktok_shop__packages', 'package_id', "''"),
        ('cancellations', 'stg_tiktok_shop__cancellations', 'cancel_id', 'order_id'),
    ] %}
        select
            'staging' as source,
            'tiktok_shop' as system,
            '{{ entity }}' as entity,
            shop_id,
            {{ key }} as record_id,
            {{ parent }} as parent_id,
            unnest(faults) as fault,
            observed_at
        from {{ ref(model) }}
        where len(faults) > 0 and not is_deleted
        union all
    {%- endfor %}
    select
        'staging' as source,
        'tiktok_shop' as system,
        'unsettled_transactions' as entity,
        shop_id,
        unsettled_id as record_id,
        order_id as parent_id,
        unnest(faults) as fault,
        known_from as observed_at
    from {{ ref('stg_tiktok_shop__unsettled') }}
    where len(faults) > 0 and not is_deleted and known_until is null
    union all
    select
        'staging' as source,
        'bank' as system,
        'entries' as entity,
        '' as shop_id,
        bank_entry_id as record_id,
        account_id as parent_id,
        unnest(faults) as fault,
        observed_at
    from {{ ref('stg_bank__entries') }}
    where len(faults) > 0 and not is_deleted
),

landed as (
    select
        shop_id,
        transaction_id as record_id,
        observed_at
    from {{ ref('stg_tiktok_shop__statement_transactions') }}
),

refused as (
    select quarantined.*
    from {{ ref('stg_tieout__quarantine') }} as quarantined
    anti join landed
        on
            quarantined.entity = 'statement_transactions'
            and quarantined.shop_id = landed.shop_id
            and quarantined.record_id = landed.record_id
            and quarantined.observed_at < landed.observed_at
)

select
    source,
    system,
    entity,
    shop_id,
    record_id,
    coalesce(parent_id, '') as parent_id,
    fault.field,
    left(fault.value, 200) as field_value,
    fault.reason,
    'correct the field at its source; the record is read again in the next cycle' as remedy,
    observed_at
from held
union all
select
    'ingestion' as source,
    system,
    entity,
    shop_id,
    record_id,
    parent_id,
    field,
    left(field_value, 200) as field_value,
    reason,
    remedy,
    observed_at
from refused
