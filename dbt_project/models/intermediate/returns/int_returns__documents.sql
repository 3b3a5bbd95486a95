{{ config(materialized=changed_keys_incremental(), pre_hook="{{ delete_changed_returns(of_refunds=true) }}") }}

-- Where the document of each refund belongs in the books: its account, its day, and what is configured of it. Nothing
-- where refunds are booked by the payouts' journals alone; nor for a shop that is paid in another currency than it
-- sells in: its journals could not clear a document to the penny.
with rules as (
    select * from {{ ref('stg_config__books') }}
    where refund_document <> 'journal' and not is_deleted
),

refunded as (
    select
        returned.*,
        rules.refund_document,
        rules.refund_item,
        rules.refund_documents_from,
        rules.refund_in_closed_period,
        shops.netsuite_subsidiary,
        shops.customer_reference,
        cast(timezone(shops.time_zone, returned.refunded_at) as date) as booking_date,
        {{ joined_key(["'tieout-refund'", 'returned.shop_id', 'returned.return_id'], between='-') }} as external_id
    from {{ ref('int_returns__returns') }} as returned
    {{ only_changed_keys('shop_id, order_id') }}
    inner join {{ ref('stg_config__shops') }} as shops
        on returned.shop_id = shops.configured_shop_id and not shops.is_deleted
    cross join rules
    where
        returned.stage = 'refunded'
        and returned.refunded_at is not null
        and shops.currency = shops.payout_currency
),

-- The document credits the account that the journal debits.
accounts as (
    select
        refunded.shop_id,
        refunded.return_id,
        map.line_class,
        map.account_number,
        kinds.account_kind
    from refunded
    inner join {{ ref('stg_config__account_map') }} as map
        on
            map.map_shop_id in (refunded.shop_id, '*')
            and map.line_class in ('refund', 'refund_discount')
            and greatest(refunded.booking_date, refunded.refund_documents_from) between map.valid_from and map.valid_to
            and not map.is_deleted
    left join {{ ref('int_ledger__accounts') }} as kinds
        on map.account_number = kinds.account_number and not kinds.is_inactive
    qualify row_number() over (
        partition by refunded.shop_id, refunded.return_id, map.line_class
        order by map.map_shop_id = '*' asc, map.valid_from desc, map.account_map_id asc, kinds.account_id asc
    ) = 1
),

clearing as (
    select
        shop_id,
        return_id,
        max(account_number) filter (where line_class = 'refund') as account_number,
        max(account_kind) filter (where line_class = 'refund') as account_kind,
        count(distinct account_number) as account_count
    from accounts
    group by shop_id, return_id
),

-- Months of the books, each with the first day of the next one that is open.
periods as (
    select
        *,
        min(if(is_closed, null, start_date))
            over (order by start_date rows between 1 following and unbounded following) as next_open_day
    from {{ ref('int_ledger__periods') }}
    where is_month and not is_deleted
)

select
    refunded.shop_id,
    refunded.return_id,
    refunded.order_id,
    refunded.refund_amount,
    refunded.currency,
    refunded.refunded_at,
    refunded.refund_document,
    refunded.refund_item,
    refunded.refund_documents_from,
    refunded.netsuite_subsidiary,
    refunded.customer_reference,
    refunded.booking_date,
    refunded.external_id,
    clearing.account_number,
    clearing.account_kind,
    periods.period_name,
    periods.start_date as period_start,
    coalesce(periods.is_closed, false) as is_period_closed,
    if(
        periods.is_closed and refunded.refund_in_closed_period = 'next_open',
        coalesce(periods.next_open_day, refunded.booking_date),
        refunded.booking_date
    ) as document_day,
    case
        when not refunded.is_order_known then 'RET-04: order ' || refunded.order_id || ' is not there; book by hand'
        when refunded.unsold_lines > 0 or coalesce(refunded.lines_amount <> refunded.refund_amount, true)
            then 'RET-07: the lines of the return do not say what was refunded'
        when contradictions.contradiction is not null
            then 'RET-07: ' || contradictions.contradiction || '; correct the return, or book by hand'
        when coalesce(refunded.customer_reference, '') = ''
            then 'MAP-06: the shop has no customer; name it in [[tiktok_shop.shops]]'
        when coalesce(refunded.refund_item, '') = '' then 'MAP-06: no item for refunds; set books.refund_item'
        when clearing.account_number is null then 'MAP-06: no account for refund; add a row to accounts.csv'
        when clearing.account_count > 1
            then 'MAP-06: accounts.csv has different accounts for refund and refund_discount; let both be the same'
        when refunded.refund_document = 'credit_memo' and coalesce(clearing.account_kind, '') <> 'receivables'
            then
                'MAP-06: account ' || clearing.account_number
                || ' of refund is not receivables, as a credit memo needs; correct netsuite_account in accounts.csv'
        when refunded.refund_document = 'cash_refund' and coalesce(clearing.account_kind, '') <> 'balance_sheet'
            then
                'MAP-06: account ' || clearing.account_number
                || ' of refund holds no cash, as a cash refund needs; correct netsuite_account in accounts.csv'
        when periods.is_closed and document_day = refunded.booking_date
            then 'FIN-11: period ' || periods.period_name || ' is closed; reopen it, or book by hand'
    end as blocked_reason,
    changes.loaded_through
from refunded
left join {{ of_changed(ref('int_returns__refund_changes')) }} as changes
    on refunded.shop_id = changes.shop_id and refunded.order_id = changes.order_id
left join {{ of_changed(ref('int_returns__contradictions')) }} as contradictions
    on refunded.shop_id = contradictions.shop_id and refunded.return_id = contradictions.return_id
left join clearing on refunded.shop_id = clearing.shop_id and refunded.return_id = clearing.return_id
left join periods on refunded.booking_date between periods.start_date and periods.end_date
