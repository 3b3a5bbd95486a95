-- Records held out of every figure: those that staging could not read, and those that ingestion could not land.
with held as (
    select
        'staging' as source,
        'tiktok_shop' as system,
        *
    from (
        {{ held_records('tiktok_shop', [
            ('statement_transactions', 'statement_transactions', 'shop_id', 'transaction_id', 'statement_id'),
            ('statements', 'statements', 'shop_id', 'statement_id', 'payment_id'),
            ('statement_summaries', 'statement_summaries', 'shop_id', 'statement_id', ''),
            ('payments', 'payments', 'shop_id', 'payment_id', ''),
            ('orders', 'orders', 'shop_id', 'order_id', ''),
            ('order_lines', 'order_lines', 'shop_id', 'order_line_id', 'order_id'),
            ('packages', 'packages', 'shop_id', 'package_id', ''),
            ('cancellations', 'cancellations', 'shop_id', 'cancel_id', 'order_id'),
            ('returns', 'returns', 'shop_id', 'return_id', 'order_id'),
            ('return_lines', 'return_lines', 'shop_id', 'return_line_id', 'return_id'),
            ('return_records', 'return_records', 'shop_id', 'return_id', ''),
            ('warehouses', 'warehouses', 'shop_id', 'warehouse_id', ''),
        ]) }}
    ) as records
    union all by name
    select
        'staging' as source,
        'bank' as system,
        *
    from ({{ held_records('bank', [('entries', 'entries', '', 'bank_entry_id', 'account_id')]) }}) as records
    union all by name
    select
        'staging' as source,
        *
    from ({{ united('held_records') }}) as records
    union all by name
    select
        'staging' as source,
        'tiktok_shop' as system,
        entity,
        shop_id,
        record_id,
        parent_id,
        unnest(faults) as fault,
        observed_at
    from {{ ref('stg_tiktok_shop__listing_faults') }}
    where len(faults) > 0 and not is_deleted
    union all by name
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
from {{ ref('int_quarantine__refused') }}
