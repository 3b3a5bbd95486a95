-- A tied payout is its amount before exchange times its rate, to the penny (fact sheet tiktok_shop 7.3).
select
    shop_id,
    payment_id,
    amount,
    amount_before_exchange,
    exchange_rate
from {{ ref('payouts') }}
where
    tie_out_status = 'tied'
    and abs(amount - amount_before_exchange * exchange_rate) > 0.01
