{{
    config(
        materialized=changed_keys_incremental(),
        pre_hook="{{ delete_changed_returns(of_refunds=true) }}"
    )
}}

-- One row per refund that the books should hold as a document of its own: what it should say, and what is found there
-- under its key. Nothing where none is wanted, or before the documents began. Without an amount, and held, where the
-- return has no lines or its order is not there.
with refunded as (
    select * from {{ ref('int_returns__documents') }}
    {{ only_changed_keys('shop_id, order_id') }}
),

found as (
    select
        external_id,
        count(*) filter (where not is_voided) as document_count,
        min(credit_memo_id) filter (where not is_voided) as credit_memo_id,
        min(amount) filter (where not is_voided) as amount,
        min(currency) filter (where not is_voided) as currency,
        min(booking_date) filter (where not is_voided) as booking_date,
        min(period_id) filter (where not is_voided) as period_id
    from {{ ref('int_ledger__credit_memos') }}
    where external_id in (select external_id from refunded) and not is_deleted
    group by external_id
),

acknowledged as (
    select
        entity_key,
        max(vendor_id) as vendor_id,
        max(acknowledged_at) as acknowledged_at
    from {{ ref('stg_tieout__acknowledgements') }}
    where
        entity_key in (select external_id from refunded)
        and sync in (
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
    refunded.refund_document,
    refunded.refunded_at,
    refunded.booking_date,
    refunded.period_name,
    refunded.refund_amount,
    cast(contents.amount as decimal(18, 4)) as amount,
    cast(contents.tax_amount as decimal(18, 4)) as tax_amount,
    refunded.currency,
    found.credit_memo_id,
    coalesce(found.document_count, 0) as document_count,
    found.amount as booked_amount,
    found.currency as booked_currency,
    found.booking_date as booked_day,
    booked_in.period_name as booked_period_name,
    -- A month that is closed takes no document: a later one is right then.
    coalesce(
        booked_in.start_date <> refunded.period_start
        and (not refunded.is_period_closed or booked_in.start_date < refunded.period_start),
        false
    ) as is_in_other_period,
    acknowledged.vendor_id,
    acknowledged.acknowledged_at,
    cast(to_json({
        'account': refunded.account_number,
        'amount': {{ money_text('contents.amount') }},
        'currency': refunded.currency,
        'customer': refunded.customer_reference,
        'day': strftime(refunded.document_day, '%Y-%m-%d'),
        'external_id': refunded.external_id,
        'item': refunded.refund_item,
        'kind': refunded.refund_document,
        'lines': contents.lines,
        'memo': 'TikTok Shop return ' || refunded.return_id || ' of order ' || refunded.order_id,
        'return_id': refunded.return_id,
        'subsidiary': refunded.netsuite_subsidiary
    }) as varchar) as desired,
    coalesce(
        refunded.blocked_reason,
        if(contents.is_tax_unknown, 'MAP-06: taxes.csv has no row for refund; add one', null),
        -- What settled before is in a journal, and would be booked twice.
        if(
            settled.first_day < refunded.refund_documents_from,
            'ERP-05: settlements took money of the order back before and after books.refund_documents_from, and no line'
            || ' has the amount of this refund; book by hand what is in no journal',
            null
        )
    ) as blocked_reason,
    changes.loaded_through
from refunded
left join {{ of_changed(ref('int_returns__amounts')) }} as contents
    on refunded.shop_id = contents.shop_id and refunded.return_id = contents.return_id
left join found on refunded.external_id = found.external_id
left join acknowledged on refunded.external_id = acknowledged.entity_key
left join {{ ref('int_ledger__periods') }} as booked_in
    on found.period_id = booked_in.period_id and booked_in.is_month and not booked_in.is_deleted
left join {{ of_changed(ref('int_returns__refund_changes')) }} as changes
    on refunded.shop_id = changes.shop_id and refunded.order_id = changes.order_id
inner join {{ of_changed(ref('int_returns__settled')) }} as settled
    on refunded.shop_id = settled.shop_id and refunded.return_id = settled.return_id
where coalesce(contents.amount <> 0, refunded.refund_amount <> 0) and settled.last_day >= refunded.refund_documents_from
