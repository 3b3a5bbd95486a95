{{ config(materialized=atomic_view()) }}

-- Orders of whose refunds the books, or a map of how they are booked, say something, by its load: an account, or a row
-- of accounts.csv, that refunds meet on; a row of taxes.csv for refunds; a month of the refund or of its document; and,
-- where what falls in a closed month is booked in the next open one, the months up to that one.
with refunds as (
    select
        shop_id,
        return_id,
        order_id,
        cast(refunded_at as date) as refunded_on
    from {{ ref('int_returns__returns') }}
),

accounts as (
    select
        map_shop_id,
        account_number,
        loaded_through
    from {{ ref('stg_config__account_map') }}
    where line_class in ('refund', 'refund_discount')
),

of_shops as (
    select
        configured_shop_id as map_shop_id,
        loaded_through
    from {{ ref('stg_config__shops') }}
    union all
    select
        '*' as map_shop_id,
        loaded_through
    from {{ ref('stg_config__books') }}
    union all
    select
        map_shop_id,
        loaded_through
    from {{ ref('stg_config__tax_map') }}
    where line_class = 'refund'
    union all
    select
        map_shop_id,
        loaded_through
    from accounts
    union all
    select
        accounts.map_shop_id,
        changes.loaded_through
    from {{ ref('int_ledger__account_changes') }} as changes
    inner join accounts on list_contains(changes.account_numbers, accounts.account_number)
),

periods as (
    select * from {{ ref('int_ledger__periods') }}
),

-- Months that are closed, each with the first day of the next one that is open.
closed as (
    select
        start_date,
        end_date,
        is_closed,
        min(if(is_closed, null, start_date))
            over (order by start_date rows between 1 following and unbounded following) as next_open_day
    from periods
    where is_month and not is_deleted
    qualify is_closed
),

documents as (
    select
        period_id,
        unnest(external_ids) as external_id
    from {{ ref('int_ledger__credit_memos') }}
)

select
    refunds.shop_id,
    refunds.order_id,
    of_shops.loaded_through
from of_shops
inner join refunds on of_shops.map_shop_id in (refunds.shop_id, '*')
union all
-- The day of a refund is that of the shop's time zone.
select
    refunds.shop_id,
    refunds.order_id,
    periods.loaded_through
from periods
inner join refunds on refunds.refunded_on between periods.earliest_start_date - 1 and periods.latest_end_date + 1
union all
select
    refunds.shop_id,
    refunds.order_id,
    periods.loaded_through
from periods
inner join closed
    on
        periods.latest_end_date >= closed.start_date
        and periods.earliest_start_date <= coalesce(closed.next_open_day, date '9999-12-31')
inner join refunds on refunds.refunded_on between closed.start_date - 1 and closed.end_date + 1
cross join {{ ref('stg_config__books') }} as rules
where rules.refund_in_closed_period = 'next_open'
union all
select
    refunds.shop_id,
    refunds.order_id,
    periods.loaded_through
from periods
inner join documents on periods.period_id = documents.period_id
inner join refunds
    on
        split_part(documents.external_id, '-', 3) = refunds.shop_id
        and split_part(documents.external_id, '-', 4) = refunds.return_id
