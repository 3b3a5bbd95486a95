-- Which classes of a paid payout are put down to its orders, and on which account: those that accounts.csv has on the
-- account of order_deposits, on the day of the payout. One row per payout and class.
with payouts as (
    select
        shop_id,
        payment_id,
        cast(paid_at as date) as paid_date
    from {{ ref('int_payouts__payments') }}
    where is_known and not is_surplus and payment_status = 'PAID' and paid_at is not null
),

-- As the journal takes them: the shop's own row wins over '*', the newest over an older one.
mapped as (
    select
        payouts.shop_id,
        payouts.payment_id,
        map.line_class,
        map.account_number
    from payouts
    inner join {{ ref('stg_config__account_map') }} as map
        on
            map.map_shop_id in (payouts.shop_id, '*')
            and payouts.paid_date between map.valid_from and map.valid_to
            and not map.is_deleted
    qualify row_number() over (
        partition by payouts.shop_id, payouts.payment_id, map.line_class
        order by map.map_shop_id = '*' asc, map.valid_from desc, map.account_map_id asc
    ) = 1
)

select
    mapped.shop_id,
    mapped.payment_id,
    mapped.line_class,
    mapped.account_number
from mapped
inner join mapped as deposits
    on
        mapped.shop_id = deposits.shop_id
        and mapped.payment_id = deposits.payment_id
        and mapped.account_number = deposits.account_number
where deposits.line_class = 'order_deposits' and mapped.line_class <> 'order_deposits'
