-- One row per refund that the books should hold as a document of its own: what it should say, and what is found there
-- under its key. Nothing where refunds are booked by the payouts' journals alone, or were before the documents began.
with rules as (
    select * from {{ ref('stg_config__books') }}
    where refund_document <> 'journal' and not is_deleted
),

refunded as (
    select
        returned.*,
        shops.netsuite_subsidiary,
        shops.customer_reference,
        cast(timezone(shops.time_zone, returned.refunded_at) as date) as booking_date,
        {{ joined_key(["'tieout-refund'", 'returned.shop_id', 'returned.return_id'], between='-') }} as external_id
    from {{ ref('int_returns__returns') }} as returned
    inner join {{ ref('stg_config__shops') }} as shops
        on returned.shop_id = shops.configured_shop_id and not shops.is_deleted
    where returned.stage = 'refunded' and returned.refunded_at is not null
),

found as (
    select
        external_id,
        count(*) filter (where not is_voided) as document_count,
        min(credit_memo_id) filter (where not is_voided) as credit_memo_id,
        min(amount) filter (where not is_voided) as amount,
        min(currency) filter (where not is_voided) as currency,
        min(booking_date) filter (where not is_voided) as booking_date
    from {{ ref('int_ledger__credit_memos') }}
    where external_id <> '' and not is_deleted
    group by external_id
),

acknowledged as (
    select
        entity_key,
        max(vendor_id) as vendor_id,
        max(acknowledged_at) as acknowledged_at
    from {{ ref('stg_tieout__acknowledgements') }}
    where
        sync in (
            select refund_sync from {{ ref('int_systems') }}
            where refund_sync <> ''
        )
    group by entity_key
)

select
    refunded.shop_id,
    refunded.return_id,
    refunded.order_id,
    refunded.external_id,
    rules.refund_document,
    refunded.refunded_at,
    refunded.booking_date,
    cast(contents.amount as decimal(18, 4)) as amount,
    cast(contents.tax_amount as decimal(18, 4)) as tax_amount,
    refunded.currency,
    found.credit_memo_id,
    coalesce(found.document_count, 0) as document_count,
    found.amount as booked_amount,
    found.currency as booked_currency,
    found.booking_date as booked_day,
    acknowledged.vendor_id,
    acknowledged.acknowledged_at,
    cast(to_json({
        'amount': {{ money_text('contents.amount') }},
        'currency': refunded.currency,
        'customer': refunded.customer_reference,
        'day': strftime(refunded.booking_date, '%Y-%m-%d'),
        'external_id': refunded.external_id,
        'item': rules.refund_item,
        'kind': rules.refund_document,
        'lines': contents.lines,
        'memo': 'TikTok Shop return ' || refunded.return_id || ' of order ' || refunded.order_id,
        'return_id': refunded.return_id,
        'subsidiary': refunded.netsuite_subsidiary
    }) as varchar) as desired,
    case
        when refunded.unsold_lines > 0 or coalesce(refunded.lines_amount <> refunded.refund_amount, true)
            then 'RET-07: the lines of the return do not say what was refunded'
        when contents.is_tax_unknown then 'MAP-06: taxes.csv has no row for refund; add one'
        when coalesce(refunded.customer_reference, '') = ''
            then 'MAP-06: the shop has no customer; name it in [[tiktok_shop.shops]]'
        when coalesce(rules.refund_item, '') = '' then 'MAP-06: no item for refunds; set books.refund_item'
        when periods.is_closed then 'FIN-11: period ' || periods.period_name || ' is closed; reopen it, or book by hand'
    end as blocked_reason
from refunded
cross join rules
inner join {{ ref('int_returns__amounts') }} as contents
    on refunded.shop_id = contents.shop_id and refunded.return_id = contents.return_id
left join found on refunded.external_id = found.external_id
left join acknowledged on refunded.external_id = acknowledged.entity_key
left join {{ ref('int_ledger__periods') }} as periods
    on
        refunded.booking_date between periods.start_date and periods.end_date
        and periods.is_month
        and not periods.is_deleted
left join {{ ref('int_returns__settlements') }} as settlements
    on refunded.shop_id = settlements.shop_id and refunded.order_id = settlements.order_id
where
    contents.amount <> 0
    and cast(coalesce(settlements.settled_at - interval 1 second, refunded.refunded_at) as date)
    >= rules.refund_documents_from
