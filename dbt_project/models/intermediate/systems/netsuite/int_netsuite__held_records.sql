{{ config(materialized=atomic_view(), contract={'enforced': true}) }}

-- Records of NetSuite that cannot be read.
{{ held_records('netsuite', [
    ('accounts', 'accounts', '', 'account_id', ''),
    ('accounting_periods', 'accounting_periods', '', 'period_id', ''),
    ('journal_entries', 'journal_entries', '', 'journal_id', ''),
    ('journal_entries', 'journal_lines', '', 'journal_id', ''),
    ('credit_memos', 'credit_memos', '', 'credit_memo_id', ''),
    ('credit_memos', 'credit_memo_lines', '', 'credit_memo_id', ''),
    ('sales_orders', 'sales_orders', 'shop_id', 'sales_order_id', 'other_reference'),
    ('sales_orders', 'sales_order_lines', 'shop_id', 'sales_order_id', ''),
    ('item_fulfilments', 'item_fulfilments', 'shop_id', 'fulfilment_id', ''),
    ('items', 'items', 'shop_id', 'item_id', ''),
    ('kits', 'kits', '', 'kit_id', ''),
    ('item_levels', 'item_levels', 'shop_id', 'item_level_id', 'location_id'),
    ('locations', 'locations', '', 'location_id', ''),
]) }}
