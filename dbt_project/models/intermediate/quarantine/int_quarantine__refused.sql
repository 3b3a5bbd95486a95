-- Records that ingestion could not land; a settlement line that has landed since is none of them any more.
select
    quarantined.quarantine_id,
    quarantined.system,
    quarantined.entity,
    quarantined.shop_id,
    quarantined.record_id,
    quarantined.parent_id,
    quarantined.field,
    quarantined.field_value,
    quarantined.reason,
    quarantined.remedy,
    quarantined.observed_at
from {{ ref('stg_tieout__quarantine') }} as quarantined
anti join {{ ref('stg_tiktok_shop__statement_transactions') }} as landed
    on
        quarantined.entity = 'statement_transactions'
        and quarantined.shop_id = landed.shop_id
        and quarantined.record_id = landed.transaction_id
        and quarantined.observed_at < landed.observed_at
