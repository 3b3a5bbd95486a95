-- Reserves: held beyond their day, or without one; collected or released twice; released for more than was collected,
-- without a collection, or for another order. A collection or a release that has vanished with its line or statement is
-- left to the exception of that line or statement.
with coded as (
    select
        *,
        case
            when is_sign_off or is_order_off then 'FIN-03'
            when collections > 1 or (releases > 1 and held_amount < 0) then 'FIN-19'
            when releases > 0 and is_uncollected then 'FIN-15'
            when is_reported then null
            when held_amount < 0 then 'FIN-03'
            when held_amount > 0 and (release_at is null or as_of > release_at + interval 3 day) then 'FIN-09'
        end as code
    from {{ ref('int_settlements__reserves') }}
),

-- A release that names no collection may be the one that a reserve of the same order and amount waits for.
unnamed as (
    select
        shop_id,
        order_id,
        released_amount
    from coded
    where code = 'FIN-15'
)

select
    code,
    shop_id,
    'reserve' as entity_type,
    reserve_key as entity_id,
    cast(
        case code
            when 'FIN-09' then held_amount
            when 'FIN-19' then if(releases > 1, -held_amount, largest_amount)
            when 'FIN-15' then released_amount
            when 'FIN-03' then if(is_sign_off or is_order_off, largest_amount, -held_amount)
        end as decimal(18, 4)
    ) as money_at_risk_amount,
    currency,
    if(code = 'FIN-09', release_at + interval 3 day, null) as due_at,
    case
        when code = 'FIN-09' and release_at is null then 'a day on which it is released'
        when code = 'FIN-09' then 'released by ' || cast(cast(release_at as date) as varchar)
        when code = 'FIN-15' then 'a collection before the release'
        when is_order_off then 'one order'
        else 'collected once, released once, and no more than was collected'
    end as expected,
    case
        when code = 'FIN-09' then 'still held'
        when code = 'FIN-15' then 'released, and never collected'
        when is_order_off then 'collected and released for different orders'
        else 'collected ' || collected_amount || ', released ' || released_amount
    end as actual,
    to_json({'transaction_ids': transaction_ids, 'statement_ids': statement_ids}) as evidence,
    case code
        when 'FIN-09' then if(release_at is null, 'no day of release', 'release overdue')
        when 'FIN-19' then 'duplicate'
        when 'FIN-15' then 'no collection'
        when 'FIN-03' then 'reserve does not add up'
    end as cause
from coded
where
    code is not null
    and not (
        code = 'FIN-09' and (shop_id, order_id, held_amount) in (
            select
                shop_id,
                order_id,
                released_amount
            from unnamed
        )
    )
