-- Returns that belong to nothing: on TikTok Shop of an order or a line that is not there, and in a portal of no return
-- on TikTok Shop, or of one of another order. Whose a parcel can be is guessed, best first.
with clock as (
    select max(as_of) as as_of from {{ ref('int_coverage__as_of') }}
),

another as (
    select distinct
        gone.shop_id,
        gone.return_id
    from {{ ref('stg_tiktok_shop__return_lines') }} as gone
    inner join {{ ref('int_returns__lines') }} as kept
        on gone.shop_id = kept.shop_id and gone.order_line_id = kept.order_line_id
    where gone.is_deleted
),

found as (
    select
        returned.shop_id,
        'return' as entity_type,
        returned.return_id as entity_id,
        returned.refund_amount as amount,
        returned.currency,
        'of an order and its lines' as expected,
        case
            when returned.is_order_known then 'order ' || returned.order_id || ' has no such line'
            when theirs.shop_id is not null then 'order ' || returned.order_id || ' is of shop ' || theirs.shop_id
            else 'order ' || coalesce(nullif(returned.order_id, ''), '(none)') || ' is not there'
        end as actual,
        to_json({'order_id': returned.order_id}) as evidence,
        'order unknown' as cause
    from {{ ref('int_returns__returns') }} as returned
    cross join clock
    left join {{ ref('stg_tiktok_shop__orders') }} as theirs
        on
            returned.order_id = theirs.order_id
            and returned.shop_id <> theirs.shop_id
            and not returned.is_order_known
            and not theirs.is_deleted
    anti join {{ ref('int_quarantine__refused') }} as refused
        on returned.shop_id = refused.shop_id and returned.order_id = refused.record_id
    where
        (not returned.is_order_known or returned.unsold_lines > 0 or returned.other_sku_lines > 0)
        and (
            returned.is_order_known
            or theirs.shop_id is not null
            or clock.as_of >= returned.first_observed_at + interval 1 hour
        )
    qualify row_number() over (partition by returned.shop_id, returned.return_id order by theirs.shop_id) = 1
    union all by name
    -- TikTok Shop keeps its returns; one that is gone is asked for by its id as long as its last change is this recent.
    -- One that another shop has, or of lines that another return has, was a slip that is mended.
    select
        gone.shop_id,
        'return' as entity_type,
        gone.return_id as entity_id,
        gone.refund_amount as amount,
        gone.currency,
        'on TikTok Shop, as ' || gone.return_status as expected,
        'gone' as actual,
        to_json({'order_id': gone.order_id}) as evidence,
        'return gone' as cause
    from {{ ref('stg_tiktok_shop__returns') }} as gone
    cross join clock
    anti join {{ ref('int_returns__returns') }} as elsewhere on gone.return_id = elsewhere.return_id
    anti join another on gone.shop_id = another.shop_id and gone.return_id = another.return_id
    where gone.is_deleted and clock.as_of < gone.updated_at + interval 90 day
    union all by name
    select
        coalesce(orders.shop_id, '') as shop_id,
        'portal_return' as entity_type,
        portal.portal_return_id as entity_id,
        0 as amount,
        '' as currency,
        'a return on TikTok Shop' as expected,
        case
            when portal.is_blind then 'nothing was announced'
            when portal.return_reference is not null
                then 'return ' || portal.return_reference || ' is not on TikTok Shop'
            when orders.order_id is null then 'order ' || portal.order_reference || ' is not on TikTok Shop'
            else 'order ' || portal.order_reference || ' has no return on TikTok Shop'
        end as actual,
        to_json({
            'order_id': portal.order_reference, 'portal': portal.system, 'status': portal.raw_status,
            'tracking': portal.tracking_numbers, 'contents': portal.lines, 'guesses': portal.guesses
        }) as evidence,
        'return unknown' as cause
    from {{ ref('int_returns__guesses') }} as portal
    cross join clock
    left join {{ ref('stg_tiktok_shop__orders') }} as orders
        on portal.order_reference = orders.order_id and not orders.is_deleted
    where clock.as_of >= portal.created_at + interval 1 hour
    union all by name
    select
        pairs.shop_id,
        'portal_return' as entity_type,
        pairs.portal_return_id as entity_id,
        returned.refund_amount as amount,
        returned.currency,
        'of order ' || returned.order_id || ', as return ' || pairs.return_id || ' on TikTok Shop' as expected,
        'of order ' || coalesce(portal.order_reference, '(none)') as actual,
        to_json({'order_id': returned.order_id, 'portal': pairs.system, 'return_id': pairs.return_id}) as evidence,
        'another order' as cause
    from {{ ref('int_returns__pairs') }} as pairs
    inner join {{ ref('int_returns__portal_returns') }} as portal using (system, portal_return_id)
    inner join {{ ref('int_returns__returns') }} as returned
        on pairs.shop_id = returned.shop_id and pairs.return_id = returned.return_id
    where pairs.is_other_order and portal.status is distinct from 'cancelled'
)

select
    'RET-04' as code,
    shop_id,
    entity_type,
    entity_id,
    cast(coalesce(amount, 0) as decimal(18, 4)) as money_at_risk_amount,
    currency,
    cast(null as timestamptz) as due_at,
    expected,
    actual,
    evidence,
    cause
from found
