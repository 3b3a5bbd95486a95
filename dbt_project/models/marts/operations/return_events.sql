{{
    config(
        materialized=changed_keys_incremental(),
        contract={'enforced': true},
        pre_hook="{{ delete_changed_returns(of_refunds=true, also=orders_received()) }}"
    )
}}

-- What happened to every return, as whoever holds it says: TikTok Shop, the portal with its carriers, the stock system,
-- settlements, the books, and what we wrote. One row per event.
with returned as materialized (
    select
        shop_id,
        return_id,
        order_id
    from {{ ref('int_returns__returns') }}
    {{ only_changed_keys('shop_id, order_id') }}
),

{{ fetched_rows(ref('stg_tiktok_shop__return_records'), 'returned', 'shop_id, return_id', 'records') }},

-- What our writes about a return are called.
keys as (
    select
        shop_id,
        return_id,
        unnest([return_id, {{ joined_key(["'tieout-refund'", 'shop_id', 'return_id'], between='-') }}]) as entity_key
    from returned
),

pairs as materialized (
    select
        shop_id,
        return_id,
        system,
        portal_return_id
    from {{ ref('int_returns__pairs') }}
    semi join returned using (shop_id, return_id)
),

{{ fetched_rows(ref('int_returns__portal_events'), 'pairs', 'system, portal_return_id', 'portal_events') }},

found as (
    select
        shop_id,
        return_id,
        created_at as happened_at,
        'TikTok Shop' as source,
        event as event_name,
        role as by_whom,
        concat_ws('; ', nullif(reason_text, ''), nullif(note, '')) as detail,
        return_id as reference,
        from_json(image_urls, '["VARCHAR"]') as image_urls
    from records
    where not is_deleted and event is not null
    union all by name
    select
        pairs.shop_id,
        pairs.return_id,
        events.happened_at,
        systems.system_name as source,
        events.event_name,
        events.detail,
        events.reference,
        events.image_urls
    from portal_events as events
    inner join pairs using (system, portal_return_id)
    inner join {{ ref('int_systems') }} as systems on events.system = systems.system
    union all by name
    select
        returned.shop_id,
        returned.return_id,
        receipts.reported_at as happened_at,
        systems.system_name as source,
        'taken into stock' as event_name,
        receipts.good_units || ' of ' || receipts.units || ' x ' || receipts.item as detail,
        receipts.receipt_id as reference
    from {{ ref('int_returns__receipts') }} as receipts
    inner join returned on receipts.shop_id = returned.shop_id and receipts.return_id = returned.return_id
    inner join {{ ref('int_systems') }} as systems on receipts.system = systems.system
    union all by name
    select
        settled.shop_id,
        settled.return_id,
        settled.settled_at as happened_at,
        'TikTok Shop' as source,
        'refund settled' as event_name,
        {{ money_text('coalesce(settled.settled_amount, refunds.settled_amount)') }} || ' ' || refunds.currency
        || if(settled.settled_amount is null, ' of the order', '') as detail,
        coalesce(settled.transaction_id, array_to_string(refunds.transaction_ids, ', ')) as reference
    from {{ ref('int_returns__settled') }} as settled
    {{ only_changed_keys('shop_id, order_id') }}
    inner join {{ of_changed(ref('int_returns__settlements')) }} as refunds
        on settled.shop_id = refunds.shop_id and settled.order_id = refunds.order_id
    where settled.settled_at is not null
    union all by name
    select
        shop_id,
        return_id,
        cast(booked_day as timestamptz) as happened_at,
        'the books' as source,
        'booked' as event_name,
        {{ money_text('booked_amount') }} || ' ' || booked_currency as detail,
        credit_memo_id as reference
    from {{ ref('int_returns__credit_memos') }}
    {{ only_changed_keys('shop_id, order_id') }}
    where credit_memo_id is not null
    union all by name
    select
        keys.shop_id,
        keys.return_id,
        writes.acknowledged_at as happened_at,
        'tieout' as source,
        writes.sync as event_name,
        writes.desired as detail,
        writes.vendor_id as reference
    from {{ ref('stg_tieout__acknowledgements') }} as writes
    inner join keys on writes.shop_id = keys.shop_id and writes.entity_key = keys.entity_key
    where writes.sync in (
        select unnest(['tiktok_shop__return_decisions', return_sync, restock_sync, refund_sync])
        from {{ ref('int_systems') }}
    )
)

select
    found.return_id,
    returned.order_id,
    found.shop_id,
    found.happened_at,
    found.source,
    found.event_name,
    coalesce(found.by_whom, '') as by_whom,
    coalesce(found.detail, '') as detail,
    coalesce(found.reference, '') as reference,
    coalesce(found.image_urls, []) as image_urls,
    changes.loaded_through
from found
inner join returned using (shop_id, return_id)
left join {{ of_changed(ref('int_returns__refund_changes')) }} as changes
    on returned.shop_id = changes.shop_id and returned.order_id = changes.order_id
