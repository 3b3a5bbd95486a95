-- Names that maps go by, and that are other goods of a warehouse now. One row per shop, system and name.
select
    'MAP-02' as code,
    shop_id,
    'item' as entity_type,
    {{ joined_key(['system', 'item']) }} as entity_id,
    cast(orders_amount as decimal(18, 4)) as money_at_risk_amount,
    currency,
    due_at,
    item || ' is item ' || owner_id || ' of ' || system as expected,
    'it is item ' || item_id || ', which was ' || former_item || ' until '
    || strftime(renamed_at, '%Y-%m-%d %H:%M') || ' UTC; ' || waiting_orders || ' orders wait' as actual,
    to_json({'item_id': item_id, 'owner_id': owner_id, 'former_item': former_item}) as evidence,
    'name given to another item' as cause,
    if(waiting_orders > 0, 'S1', null) as severity
from {{ ref('int_items__exchanged') }}
