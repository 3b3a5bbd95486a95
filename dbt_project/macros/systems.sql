{#-
The systems that are read, each with what it is and the roles that it has: a role is a model int_<system>__<role> of its
own, and united() makes one of all. clock: whose time its files and records have, own, ours, or others'. answers: when a
warehouse says what it took, at_once or by_file.
shipping_entities: what is read of books only while they ship. This is the one list; a system of another kind is a row here.
-#}
{% macro with_systems() -%}
    {{ caller({
        'tiktok_shop': {'name': 'TikTok Shop', 'stale_after_days': 2, 'clock': 'own', 'roles': []},
        'bank': {'name': 'the bank', 'stale_after_days': 7, 'clock': 'others', 'roles': []},
        'linnworks': {
            'name': 'Linnworks', 'stale_after_days': 1, 'clock': 'own', 'answers': 'at_once', 'is_read_whole': true,
            'order_sync': 'linnworks__orders', 'cancellation_sync': 'linnworks__cancellations',
            'restock_sync': 'linnworks__restocks',
            'roles': [
                'cancellations_due', 'compositions', 'held_records', 'item_names', 'items_reported', 'known_items', 'locations', 'orders_due',
                'orders_known', 'orders_taken', 'parcel_contents', 'parcels', 'stock_levels', 'stock_readings',
                'stock_snapshots', 'warehouse_orders',
            ],
        },
        'newstore': {
            'name': 'NewStore', 'stale_after_days': 1, 'clock': 'own', 'answers': 'at_once', 'is_read_whole': true,
            'order_sync': 'newstore__orders', 'cancellation_sync': 'newstore__cancellations',
            'roles': [
                'cancellations_due', 'held_records', 'items_reported', 'known_items', 'locations', 'orders_due', 'orders_known', 'orders_taken',
                'parcel_contents', 'parcels', 'stock_levels', 'stock_readings', 'stock_snapshots', 'till_returns',
                'warehouse_orders',
            ],
        },
        'gxo': {
            'name': 'GXO', 'stale_after_days': 1, 'clock': 'ours', 'answers': 'by_file', 'is_read_whole': false,
            'order_sync': 'gxo__warehouse_orders', 'cancellation_sync': 'gxo__cancellations', 'receipts_entity': 'files',
            'roles': [
                'answers', 'cancellations_due', 'items_reported', 'known_items', 'orders_due', 'orders_known', 'orders_taken',
                'parcel_contents', 'parcels', 'return_receipts', 'stock_counts', 'stock_history', 'stock_levels', 'stock_movements',
                'stock_snapshots', 'warehouse_orders',
            ],
        },
        'zigzag': {
            'name': 'ZigZag', 'stale_after_days': 1, 'clock': 'own', 'return_sync': 'zigzag__returns',
            'roles': [
                'held_records', 'portal_changes', 'portal_conditions', 'portal_parcels', 'portal_return_lines', 'portal_returns',
                'portal_scans',
            ],
        },
        'netsuite': {
            'name': 'NetSuite', 'stale_after_days': 2, 'clock': 'own', 'answers': 'at_once', 'is_read_whole': true,
            'shipping_entities': ['sales_orders', 'item_fulfilments', 'locations', 'items', 'kits'],
            'refund_sync': 'netsuite__credit_memos', 'deposit_sync': 'netsuite__customer_deposits',
            'order_sync': 'netsuite__sales_orders', 'cancellation_sync': 'netsuite__order_closures',
            'roles': [
                'account_changes', 'accounting_periods', 'cancellations_due', 'compositions', 'credit_memos', 'customer_deposits',
                'held_records', 'item_names', 'items_reported', 'known_items', 'ledger_accounts', 'ledger_entries', 'ledger_lines',
                'locations', 'order_values', 'orders_due', 'orders_known', 'orders_taken', 'parcel_contents', 'parcels', 'stock_levels', 'stock_readings', 'stock_snapshots',
                'warehouse_orders',
            ],
        },
    }) }}
{%- endmacro %}

{#- What all systems of a role say, one after the other, each under its name. -#}
{% macro united(role, layer='int') -%}
    {%- call(systems) with_systems() %}
    {%- for system, capabilities in systems.items() if role in capabilities.roles %}
    select
        '{{ system }}' as system,
        *
    from {{ ref(layer ~ '_' ~ system ~ '__' ~ role) }}
    {%- if not loop.last %}
    union all by name
    {%- endif %}
    {%- endfor %}
    {%- endcall %}
{%- endmacro %}

{#- What people call the systems of a role. -#}
{% macro name_of(role) -%}
    {%- call(systems) with_systems() -%}
        {%- for capabilities in systems.values() if role in capabilities.roles -%}
            {{ capabilities.name }}{{ ' or ' if not loop.last }}
        {%- endfor -%}
    {%- endcall -%}
{%- endmacro %}

{#- The list as rows. -#}
{% macro rows_of_systems() -%}
    {%- call(systems) with_systems() %}
    {%- for system, capabilities in systems.items() %}
    select
        '{{ system }}' as system,
        '{{ capabilities.name }}' as system_name,
        {{ capabilities.stale_after_days }} as stale_after_days,
        '{{ capabilities.clock }}' as clock,
        {{ 'stock_levels' in capabilities.roles }} as is_warehouse,
        {{ 'ledger_entries' in capabilities.roles }} as keeps_books,
        {{ 'order_values' in capabilities.roles }} as keeps_sales_orders,
        {{ capabilities.get('shipping_entities', []) }} as shipping_entities,
        {{ 'locations' in capabilities.roles }} as lists_locations,
        {{ capabilities.get('answers') == 'at_once' }} as answers_at_once,
        {{ capabilities.get('is_read_whole', false) }} as is_read_whole,
        '{{ capabilities.get('order_sync', '') }}' as order_sync,
        '{{ capabilities.get('cancellation_sync', '') }}' as cancellation_sync,
        '{{ capabilities.get('restock_sync', '') }}' as restock_sync,
        '{{ capabilities.get('receipts_entity', '') }}' as receipts_entity,
        '{{ capabilities.get('return_sync', '') }}' as return_sync,
        '{{ capabilities.get('refund_sync', '') }}' as refund_sync,
        '{{ capabilities.get('deposit_sync', '') }}' as deposit_sync
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
    {%- endcall %}
{%- endmacro %}
