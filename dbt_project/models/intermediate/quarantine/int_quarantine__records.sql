-- Records held out of every figure: those that staging could not read, and those that ingestion could not land.
with held as (
    {%- for system, entity, model, shop, key, parent in [
        (
            'tiktok_shop', 'statement_transactions', 'statement_transactions', 'shop_id', 'transaction_id', 'statement_id'
        ),
        ('tiktok_shop', 'statements', 'statements', 'shop_id', 'statement_id', 'payment_id'),
        ('tiktok_shop', 'statement_summaries', 'statement_summaries', 'shop_id', 'statement_id', "''"),
        ('tiktok_shop', 'payments', 'payments', 'shop_id', 'payment_id', "''"),
        ('tiktok_shop', 'orders', 'orders', 'shop_id', 'order_id', "''"),
        ('tiktok_shop', 'order_lines', 'order_lines', 'shop_id', 'order_line_id', 'order_id'),
        ('tiktok_shop', 'packages', 'packages', 'shop_id', 'package_id', "''"),
        ('tiktok_shop', 'cancellations', 'cancellations', 'shop_id', 'cancel_id', 'order_id'),
        ('tiktok_shop', 'warehouses', 'warehouses', 'shop_id', 'warehouse_id', "''"),
        ('netsuite', 'accounts', 'accounts', "''", 'account_id', "''"),
        ('netsuite', 'accounting_periods', 'accounting_periods', "''", 'period_id', "''"),
        ('netsuite', 'journal_entries', 'journal_entries', "''", 'journal_id', "''"),
        ('netsuite', 'journal_entries', 'journal_lines', "''", 'journal_id', "''"),
        ('linnworks', 'orders', 'orders', 'shop_id', 'order_id', 'reference'),
        ('linnworks', 'orders', 'order_lines', 'shop_id', 'order_id', "''"),
        ('linnworks', 'stock_items', 'stock_items', 'shop_id', 'item_id', "''"),
        ('linnworks', 'stock_levels', 'stock_level_rows', 'shop_id', 'stock_level_id', 'location_id'),
        ('linnworks', 'locations', 'locations', "''", 'location_id', "''"),
        ('linnworks', 'compositions', 'composition_faults', "''", 'bundle_id', "''"),
        ('bank', 'entries', 'entries', "''", 'bank_entry_id', 'account_id'),
    ] %}
        select
            'staging' as source,
            '{{ system }}' as system,
            '{{ entity }}' as entity,
            {{ shop }} as shop_id,
            {{ key }} as record_id,
            {{ parent }} as parent_id,
            unnest(faults) as fault,
            observed_at
        from {{ ref('stg_' ~ system ~ '__' ~ model) }}
        where len(faults) > 0 and not is_deleted
        union all
    {%- endfor %}
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
    union all
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
