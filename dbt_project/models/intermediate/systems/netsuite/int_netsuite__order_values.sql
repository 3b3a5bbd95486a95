{{ config(contract={'enforced': true}) }}

-- What each sales order of TikTok Shop's comes to. A closed one bills nothing. What we entered was right: who else it
-- names since is not who owes it, and what its lines come to since is not what they were sold for.
select
    held.shop_id,
    held.order_id,
    held.warehouse_order_id as document_id,
    orders.total_amount,
    orders.currency,
    held.warehouse_status = 'cancelled' as is_closed,
    nullif(concat_ws(
        '; ',
        case
            when made.control_number is not null and orders.entity_id is distinct from orders.first_entity_id
                then 'for customer ' || coalesce(orders.entity_id, 'none') || ', entered for ' || orders.first_entity_id
        end,
        case
            when made.control_number is not null and orders.line_amounts <> orders.first_line_amounts
                then
                    'with lines of ' || {{ money_text('list_sum(orders.line_amounts)') }} || ', entered with '
                    || {{ money_text('list_sum(orders.first_line_amounts)') }}
        end
    ), '') as edit
from {{ ref('int_netsuite__sales_orders') }} as held
inner join {{ ref('stg_netsuite__sales_orders') }} as orders on held.warehouse_order_id = orders.sales_order_id
left join {{ ref('int_fulfilments__sent') }} as made
    on held.warehouse_order_id = made.control_number and made.system = 'netsuite' and made.purpose = 'N'
where not held.is_deleted and held.order_id is not null
