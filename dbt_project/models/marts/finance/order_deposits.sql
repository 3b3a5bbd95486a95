{{ config(contract={'enforced': true}) }}

-- What each paid payout settled of each order that has a sales order in the books, and the deposit that books it.
select
    shop_id,
    payment_id,
    order_id,
    sales_order_id,
    paid_date,
    amount,
    currency,
    external_id,
    deposit_id,
    booked_amount,
    case
        when deposit_count > 1 then 'doubled'
        when deposit_count = 1 and (booked_amount <> amount or booked_currency <> currency) then 'different'
        when deposit_count = 1 and differences <> '' then 'edited'
        when deposit_count = 1 then 'booked'
        when acknowledged_at is not null then 'gone'
        when blocked_reason is not null then 'held'
        else 'missing'
    end as books,
    if(deposit_count = 0 and acknowledged_at is null, blocked_reason, null) as held_because
from {{ ref('int_books__deposits') }}
