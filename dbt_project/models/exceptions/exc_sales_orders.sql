-- Orders whose sales order, where the system that ships them keeps one, is worth something else or names another
-- customer, or is not there though the order was shipped. An order that waits for its first is ORD-01, two are ORD-05.
-- One row per order.
with orders as (
    select
        shop_id,
        order_id,
        order_status,
        currency,
        created_at,
        updated_at,
        {{ goods_worth() }} + {{ shipping_worth() }} as amount
    from {{ ref('stg_tiktok_shop__orders') }}
    where not is_deleted and len(faults) = 0
),

documents as (
    select * from {{ ref('int_orders__sales_orders') }}
),

-- What was ordered before the first reading reaches back is not looked for, nor what has changed since the last one.
readings as (
    select
        system,
        windows
    from {{ ref('int_coverage__reads') }}
    where entity = 'sales_orders'
),

compared as (
    select
        orders.*,
        documents.system,
        documents.document_id,
        documents.total_amount,
        documents.currency as document_currency,
        documents.edit
    from documents
    inner join orders on documents.shop_id = orders.shop_id and documents.order_id = orders.order_id
    where not documents.is_closed and orders.order_status <> 'CANCELLED'
),

missing as (
    select
        orders.*,
        placed.system
    from {{ ref('int_fulfilments__orders') }} as placed
    inner join orders on placed.shop_id = orders.shop_id and placed.order_id = orders.order_id
    inner join readings on placed.system = readings.system
    anti join documents on orders.shop_id = documents.shop_id and orders.order_id = documents.order_id
    where
        orders.order_status in ('IN_TRANSIT', 'DELIVERED', 'COMPLETED')
        and {{ was_read('readings.windows', 'orders.created_at', 'coalesce(orders.updated_at, orders.created_at)') }}
),

found as (
    select
        *,
        abs(total_amount - coalesce(amount, 0)) as money_at_risk,
        concat_ws(
            ' ',
            'sales order ' || document_id || ' of ' || printf('%.2f', total_amount) || ' ' || document_currency,
            edit
        ) as actual,
        if(amount is null, 'sale has no price', 'sales order differs') as cause
    from compared
    where
        total_amount is distinct from amount
        or document_currency is distinct from currency
        or edit is not null
    union all by name
    select
        *,
        amount as money_at_risk,
        'none, and the order was shipped' as actual,
        'sales order missing' as cause
    from missing
)

select
    'ERP-06' as code,
    shop_id,
    'order' as entity_type,
    order_id as entity_id,
    cast(coalesce(max(money_at_risk), 0) as decimal(18, 4)) as money_at_risk_amount,
    any_value(currency) as currency,
    cast(null as timestamptz) as due_at,
    'a sales order of '
    || coalesce(printf('%.2f', any_value(amount)) || ' ' || any_value(currency), 'what TikTok Shop does not say')
        as expected,
    string_agg(actual, '; ' order by document_id) as actual,
    to_json({'system': any_value(system), 'sales_orders': list(document_id order by document_id)}) as evidence,
    any_value(cause) as cause
from found
group by shop_id, order_id
