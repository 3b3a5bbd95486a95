-- Records held out of every figure, with the field that cannot be read and what to do.
select
    source,
    system,
    entity,
    shop_id,
    record_id,
    parent_id,
    field,
    field_value,
    reason,
    remedy,
    observed_at
from {{ ref('int_quarantine__records') }}
