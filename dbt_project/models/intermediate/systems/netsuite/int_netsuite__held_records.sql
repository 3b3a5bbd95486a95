{{ config(materialized=atomic_view(), contract={'enforced': true}) }}

-- Records of NetSuite that cannot be read.
{{ held_records('netsuite', [
    ('accounts', 'accounts', '', 'account_id', ''),
    ('accounting_periods', 'accounting_periods', '', 'period_id', ''),
    ('journal_entries', 'journal_entries', '', 'journal_id', ''),
    ('journal_entries', 'journal_lines', '', 'journal_id', ''),
    ('credit_memos', 'credit_memos', '', 'credit_memo_id', ''),
    ('credit_memos', 'credit_memo_lines', '', 'credit_memo_id', ''),
]) }}
