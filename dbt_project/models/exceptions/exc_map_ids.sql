-- Rows of the maps that name what no vendor lists, one row per id; a shop that is shipped for and mapped nowhere.
select
    'MAP-08' as code,
    compared.shop_id,
    'map' as entity_type,
    {{ joined_key(['compared.map', 'compared.field', 'compared.named_id']) }} as entity_id,
    cast(0 as decimal(18, 4)) as money_at_risk_amount,
    '' as currency,
    cast(null as timestamptz) as due_at,
    case compared.field
        when 'warehouse_id' then 'a warehouse that TikTok Shop lists for the shop'
        when 'location' then 'a location of {{ name_of('locations') }}'
        when 'netsuite_account' then 'an active {{ name_of('ledger_accounts') }} account'
        when 'shop_id' then 'a row of locations.csv for ' || compared.named_id
        when 'bundle' then 'an item that a shop has ever listed'
        else 'a SKU that a shop has ever listed'
    end as expected,
    if(
        compared.field = 'shop_id',
        'in tieout.toml, and none of its warehouses is mapped there',
        concat(
            compared.field, ' ', compared.named_id, ' is not listed', ', probably ' || compared.likely_id || ' is meant'
        )
    ) as actual,
    to_json({'map': compared.map, 'field': compared.field, 'likely': compared.likely_id}) as evidence,
    if(compared.field = 'shop_id', 'shop mapped to no location', 'id of a map unknown') as cause,
    if(compared.map = 'locations.csv', 'S2', 'S3') as severity
from {{ ref('rec_maps__configured_vs_vendors') }} as compared
-- An account that a journal needs is reported for the class that needs it.
anti join {{ ref('exc_maps') }} as reported
    on
        compared.field = 'netsuite_account'
        and reported.code = 'MAP-06'
        and ends_with(reported.actual, ' ' || compared.named_id)
where compared.status = 'missing_right'
