select
    system,
    entity,
    shop_id,
    window_from,
    window_to,
    verified_at,
    row_count
from {{ ref('stg_tieout__coverage') }}
