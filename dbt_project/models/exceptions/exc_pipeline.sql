-- Intents that were given up, or whose outcome is unknown.
{%- set unknown_grace_hours = 1 %}

-- A failed write of an order, a parcel, a SKU or a return has an exception of that record. The outbox keeps our
-- own time, and so does each copy of it.
with reported_per_record as (
    select
        unnest([
            order_sync, cancellation_sync, restock_sync, return_sync, refund_sync
        ]) as sync
    from {{ ref('int_systems') }}
    union
    select
        unnest([
            'tiktok_shop__shipments', 'tiktok_shop__labels', 'tiktok_shop__tracking_corrections',
            'tiktok_shop__cancellation_answers', 'tiktok_shop__stock', 'tiktok_shop__return_decisions',
            'tiktok_shop__till_refunds'
        ]) as sync
),

intents as (
    select
        case outbox.state when 'dead' then 'SYS-09' else 'SYS-08' end as code,
        outbox.shop_id,
        'intent' as entity_type,
        {{ joined_key(['outbox.sync', 'outbox.entity_key']) }} as entity_id,
        abs(coalesce(outbox.amount, 0)) as money_at_risk_amount,
        outbox.currency,
        doubtful.unknown_since + interval {{ unknown_grace_hours }} hour as due_at,
        'acknowledged by the vendor' as expected,
        case outbox.state
            when 'dead' then 'given up: ' || outbox.last_error
            else 'sent, and no answer seen: ' || outbox.last_error
        end as actual,
        to_json({'outbox_id': outbox.outbox_id, 'state': outbox.state, 'updated_at': outbox.updated_at}) as evidence,
        case outbox.state when 'dead' then 'attempts spent' else 'outcome unknown' end as cause
    from {{ ref('stg_tieout__outbox') }} as outbox
    cross join {{ ref('stg_tieout__clock') }} as clock
    left join {{ ref('stg_tieout__outbox_unknown') }} as doubtful using (outbox_id)
    left join reported_per_record on outbox.sync = reported_per_record.sync
    where
        (outbox.state = 'dead' and reported_per_record.sync is null)
        or (
            outbox.state = 'unknown'
            and clock.copied_at >= doubtful.unknown_since + interval {{ unknown_grace_hours }} hour
        )
)

select * from intents
