-- The synthetic tables, their changes and the hand-written queries of tie_out.py: statements under the names it asks for.

-- One key per row: 60 loads in order of time, shuffled within a load; ids of 18 characters that grow with time. One order
-- in 250 was never read, one in 500 has a surplus line, one in 250 is off by a penny.
-- name: tables
create schema staging;

create schema intermediate;

create schema audit;

create schema reconciliation;

create temp table keys as
select
    n,
    n * 60 // $rows as load,
    '749500000000000010' || (n % 3) as shop_id,
    '57' || (1767000000 + n * 5184000 // $rows) || lpad(cast(n % 1000000 as varchar), 6, '0') as order_id,
    cast((n * 7919) % 9000 + 99 as decimal(18, 4)) as amount,
    to_timestamp(1767000000 + n * 5184000 // $rows) as created_at,
    if(n % 500 = 1, [false, true], [false]) as copies
from range(cast($rows as bigint)) as numbers (n);

create table intermediate.int_settlements__transactions as
select
    shop_id,
    '73' || (n // 500) as statement_id,
    '77' || lpad(cast(n as varchar), 17, '0') || cast(is_surplus as integer) as transaction_id,
    'ORDER' as transaction_type,
    order_id,
    order_id as settled_order_id,
    cast(order_id as bigint) as settled_order_number,
    created_at as order_created_at,
    cast(amount * 0.85 as decimal(18, 4)) as settlement_amount,
    amount as revenue_amount,
    cast(amount * -0.05 as decimal(18, 4)) as shipping_cost_amount,
    cast(amount * -0.10 as decimal(18, 4)) as fee_tax_amount,
    cast(amount + if(n % 250 = 2, 0.01, 0) as decimal(18, 4)) as sold_amount,
    false as is_quarantined,
    is_surplus,
    created_at + interval 10 day as observed_at,
    17952336842220030 + load as loaded_through
from (select *, unnest(copies) as is_surplus from keys) as lines
order by load, hash(n);

create table intermediate.int_orders__lines as
select
    shop_id,
    if(n % 250 = 0, '1' || order_id, order_id) as order_id,
    if(n % 250 = 0, 1000000000000000000, 0) + cast(order_id as bigint) as order_number,
    '58' || order_id as order_line_id,
    '1730000' || (n % 10000) as sku_id,
    'DELIVERED' as order_status,
    'GBP' as currency,
    amount as original_price_amount,
    amount as sale_price_amount,
    false as is_cancelled,
    created_at,
    created_at + interval 9 day as observed_at,
    17952336842220030 + load as loaded_through
from keys
order by load, hash(n + 1);

create table staging.stg_tiktok_shop__orders as
select distinct shop_id, order_id, loaded_through from intermediate.int_orders__lines order by loaded_through;

create table staging.stg_tiktok_shop__statement_transactions as
select shop_id, transaction_id, settled_order_id, loaded_through from intermediate.int_settlements__transactions;

create table staging.stg_tiktok_shop__revised_orders (
    shop_id varchar, transaction_id varchar, order_id varchar, loaded_through bigint
);

create table intermediate.int_quarantine__records (
    entity varchar, shop_id varchar, record_id varchar, parent_id varchar
);

create table intermediate.int_coverage__windows as
select
    'tiktok_shop' as system, 'orders' as entity, '749500000000000010' || n as shop_id,
    timestamptz '2025-12-01 00:00:00Z' as window_from, timestamptz '2026-12-01 00:00:00Z' as window_to
from range(3) as numbers (n);

-- Orders that match get another price from a later load than any, as the models upstream would rewrite them.
-- name: change
create temp table newest as select max(loaded_through) + 1 as load from intermediate.int_settlements__transactions;

create or replace table main.changed as
with matching as (
    select *, cast(substr(transaction_id, 3, 17) as bigint) as n
    from intermediate.int_settlements__transactions
    where sold_amount = revenue_amount and not is_surplus
),
span as (select max(n) + 1 as rows from matching)
select matching.* exclude (n)
from matching, span
where n >= rows * $youngest and n % 250 > 2 and n % 500 <> 1
order by hash(n, $round)
limit (select cast(rows / 1000 as bigint) from span);

delete from intermediate.int_settlements__transactions
where transaction_id in (select transaction_id from main.changed);

insert into intermediate.int_settlements__transactions
select changed.* replace (sold_amount + 0.01 as sold_amount, newest.load as loaded_through)
from main.changed as changed, newest;

insert into staging.stg_tiktok_shop__statement_transactions
select changed.shop_id, changed.transaction_id, changed.settled_order_id, newest.load
from main.changed as changed, newest;

delete from staging.stg_tiktok_shop__revised_orders
where transaction_id in (select transaction_id from main.changed);

insert into staging.stg_tiktok_shop__revised_orders
select changed.shop_id, changed.transaction_id, changed.order_id, newest.load
from main.changed as changed, newest;

-- name: joined
with s as (
    select
        shop_id, settled_order_id as order_id, count(*) filter (where is_surplus) as copies,
        sum(cast(sold_amount * 10000 as bigint)) filter (where not is_surplus) as minor
    from intermediate.int_settlements__transactions where transaction_type = 'ORDER' and not is_quarantined
    group by all
),
o as (
    select shop_id, order_id, sum(cast(original_price_amount * 10000 as bigint)) filter (where not is_cancelled) as minor
    from intermediate.int_orders__lines
    group by all
),
breaks as materialized (
    select shop_id, order_id from s left join o using (shop_id, order_id)
    where o.minor is null or s.copies > 0 or s.minor <> o.minor
)

select
    s.shop_id, s.order_id,
    case when s.doubled then 'duplicate_key' when o.order_id is null then 'missing_right' else 'mismatched' end as status,
    s.amount as left_amount, o.amount as right_amount, o.currency, s.as_of as left_as_of, o.as_of as right_as_of
from (
    select
        shop_id, settled_order_id as order_id, sum(sold_amount) filter (where not is_surplus) as amount,
        bool_or(is_surplus) as doubled, max(observed_at) as as_of
    from intermediate.int_settlements__transactions
    where (shop_id, settled_order_id) in (select shop_id, order_id from breaks)
    group by all
) as s
left join (
    select shop_id, order_id, sum(original_price_amount) as amount, any_value(currency) as currency, max(observed_at) as as_of
    from intermediate.int_orders__lines
    where (shop_id, order_id) in (select shop_id, order_id from breaks)
    group by all
) as o using (shop_id, order_id);

-- name: summed
with lines as (
    select
        shop_id, settled_order_id as order_id, cast(is_surplus as integer) as copies, 1 as s, 0 as o,
        if(is_surplus, 0, cast(sold_amount * 10000 as bigint)) as minor
    from intermediate.int_settlements__transactions where transaction_type = 'ORDER' and not is_quarantined
    union all
    select shop_id, order_id, 0, 0, 1, if(is_cancelled, 0, -cast(original_price_amount * 10000 as bigint))
    from intermediate.int_orders__lines
),
breaks as materialized (
    select shop_id, order_id from lines
    group by all
    having max(s) = 1 and (max(o) = 0 or max(copies) = 1 or sum(minor) <> 0)
)

select
    s.shop_id, s.order_id,
    case when s.doubled then 'duplicate_key' when o.order_id is null then 'missing_right' else 'mismatched' end as status,
    s.amount as left_amount, o.amount as right_amount, o.currency, s.as_of as left_as_of, o.as_of as right_as_of
from (
    select
        shop_id, settled_order_id as order_id, sum(sold_amount) filter (where not is_surplus) as amount,
        bool_or(is_surplus) as doubled, max(observed_at) as as_of
    from intermediate.int_settlements__transactions
    where (shop_id, settled_order_id) in (select shop_id, order_id from breaks)
    group by all
) as s
left join (
    select shop_id, order_id, sum(original_price_amount) as amount, any_value(currency) as currency, max(observed_at) as as_of
    from intermediate.int_orders__lines
    where (shop_id, order_id) in (select shop_id, order_id from breaks)
    group by all
) as o using (shop_id, order_id);
