-- Intents that were given up, or whose outcome nobody knows.
{%- set unknown_grace_hours = 1 %}
{#- A failed write of an order, a parcel or a SKU has an exception of that order, parcel or SKU. -#}
{%- set reported_per_record = "('gxo__warehouse_orders', 'gxo__cancellations', 'linnworks__orders',
    'linnworks__cancellations', 'tiktok_shop__shipments', 'tiktok_shop__labels', 'tiktok_shop__tracking_corrections',
    'tiktok_shop__cancellation_answers', 'tiktok_shop__stock')" %}

-- The outbox keeps our own time, and so does each copy of it.
with intents as (
    select
        case outbox.state when 'dead' then 'SYS-09' else 'SYS-08' end as code,
        outbox.shop_id,
        'intent' as entity_type,
        {{ joined_key(['outbox.sync', 'outbox.entity_key']) }} as entity_id,
        abs(coalesce(outbox.amount, 0)) as money_at_risk_amount,
        outbox.currency,
        unknown.unknown_since + interval {{ unknown_grace_hours }} hour as due_at,
        'acknowledged by the vendor' as expected,
        case outbox.state
            when 'dead' then 'given up: ' || outbox.last_error
            else 'sent, and no answer seen: ' || outbox.last_error
        end as actual,
        to_json({'outbox_id': outbox.outbox_id, 'state': outbox.state, 'updated_at': outbox.updated_at}) as evidence,
        case outbox.state when 'dead' then 'attempts spent' else 'outcome unknown' end as cause
    from {{ ref('stg_tieout__outbox') }} as outbox
    cross join {{ ref('stg_tieout__clock') }} as clock
    left join {{ ref('stg_tieout__outbox_unknown') }} as unknown using (outbox_id)
    where
        (outbox.state = 'dead' and outbox.sync not in {{ reported_per_record }})
        or (
            outbox.state = 'unknown'
            and clock.copied_at >= unknown.unknown_since + interval {{ unknown_grace_hours }} hour
        )
)

select * from intents
