{{
    config(
        materialized=changed_keys_incremental(),
        contract={'enforced': true},
        pre_hook="{{ delete_changed_returns(of_refunds=true, also=returns_open()) }}"
    )
}}

-- Every return on TikTok Shop: request, decision, parcel, inspection and refund, with its clocks and lags.
with returned as (
    select
        *,
        stage not in ('refunded', 'replaced', 'closed') as is_open
    from {{ ref('int_returns__clocks') }}
    {{ only_changed_keys('shop_id, order_id') }}
),

answered as (
    select
        shop_id,
        entity_key as return_id,
        arg_max(json_extract_string(desired, '$.decision'), acknowledged_at) as our_decision,
        max(acknowledged_at) as decided_at
    from {{ ref('stg_tieout__acknowledgements') }}
    where
        sync = 'tiktok_shop__return_decisions'
        and entity_key in (select return_id from returned)
    group by shop_id, entity_key
)

select
    returned.return_id,
    returned.order_id,
    returned.shop_id,
    returned.return_type,
    returned.return_status as status,
    returned.stage,
    returned.reason,
    returned.requested_by,
    returned.requested_at,
    returned.next_action,
    returned.action_due_at,
    if(
        returned.is_open, cast(date_diff('minute', returned.as_of, returned.action_due_at) as bigint), null
    ) as minutes_left,
    answers.decision as policy_decision,
    answers.approval as policy_approval,
    coalesce(answers.blocked_reason, '') as held_because,
    answered.our_decision,
    answered.decided_at,
    returned.is_unseen as is_decided_unseen,
    returned.units,
    returned.items,
    returned.refund_amount,
    returned.currency,
    returned.tracking_number,
    returned.carrier,
    returned.portal,
    returned.portal_return_ids,
    returned.portal_status,
    returned.warehouse_code,
    returned.first_scan_at,
    returned.received_at,
    returned.graded_at,
    returned.received_units,
    returned.sellable_units,
    returned.unsellable_units,
    restocks.booked_units as restocked_units,
    restocks.booked_at as restocked_at,
    returned.refunded_at,
    cast(date_diff('hour', returned.received_at, returned.refunded_at) as bigint) as intake_to_refund_hours,
    returned.is_open,
    greatest(changes.loaded_through, coalesce(restocks.loaded_through, 0)) as loaded_through
from returned
left join {{ of_changed(ref('int_returns__refund_changes')) }} as changes
    on returned.shop_id = changes.shop_id and returned.order_id = changes.order_id
left join {{ ref('int_returns__answers') }} as answers
    on returned.shop_id = answers.shop_id and returned.return_id = answers.return_id
left join answered on returned.shop_id = answered.shop_id and returned.return_id = answered.return_id
left join {{ of_changed(ref('int_returns__restocks')) }} as restocks
    on returned.shop_id = restocks.shop_id and returned.return_id = restocks.return_id
