-- Returns on TikTok Shop that belong to nothing: of an order or a line that is not there, gone, or under another's id.
with another as (
    select distinct
        gone.shop_id,
        gone.return_id,
        keeper.first_observed_at
    from {{ ref('stg_tiktok_shop__return_lines') }} as gone
    inner join {{ ref('int_returns__lines') }} as kept
        on gone.shop_id = kept.shop_id and gone.order_line_id = kept.order_line_id
    inner join {{ ref('int_returns__returns') }} as keeper
        on kept.shop_id = keeper.shop_id and kept.return_id = keeper.return_id
    where gone.is_deleted
),

found as (
    select
        returned.shop_id,
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
    left join {{ ref('int_coverage__reads') }} as reads
        on reads.system = 'tiktok_shop' and reads.entity = 'orders' and returned.shop_id = reads.shop_id
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
            or {{ was_read(
                'reads.windows', 'returned.first_observed_at', 'returned.first_observed_at + ' ~ clock_of('counterpart')
            ) }}
        )
    qualify row_number() over (partition by returned.shop_id, returned.return_id order by theirs.shop_id) = 1
    union all by name
    -- TikTok Shop keeps its returns; one that is gone is asked for by its id as long as its last change is this recent.
    -- One that another shop has, or of lines that an earlier return has, was a slip that is mended.
    select
        gone.shop_id,
        gone.return_id as entity_id,
        gone.refund_amount as amount,
        gone.currency,
        'on TikTok Shop, as ' || gone.return_status as expected,
        'gone' as actual,
        to_json({'order_id': gone.order_id}) as evidence,
        'return gone' as cause
    from {{ ref('stg_tiktok_shop__returns') }} as gone
    inner join {{ ref('int_coverage__as_of') }} as clock on gone.shop_id = clock.shop_id
    anti join {{ ref('int_returns__returns') }} as elsewhere
        on gone.return_id = elsewhere.return_id and gone.order_id = elsewhere.order_id
    anti join another
        on
            gone.shop_id = another.shop_id
            and gone.return_id = another.return_id
            and gone.first_observed_at >= another.first_observed_at
    where gone.is_deleted and clock.as_of < gone.updated_at + {{ clock_of('gone and asked for') }}
    union all by name
    select
        returned.shop_id,
        returned.return_id as entity_id,
        returned.refund_amount as amount,
        returned.currency,
        'under an id of its own' as expected,
        'shop ' || twin.shop_id || ' has another return under it' as actual,
        to_json({'order_id': returned.order_id, 'other_order_id': twin.order_id}) as evidence,
        'id of two returns' as cause
    from {{ ref('int_returns__returns') }} as returned
    inner join {{ ref('int_returns__returns') }} as twin
        on
            returned.return_id = twin.return_id
            and returned.shop_id <> twin.shop_id
            and returned.order_id <> twin.order_id
)

select
    'RET-04' as code,
    shop_id,
    'return' as entity_type,
    entity_id,
    cast(coalesce(amount, 0) as decimal(18, 4)) as money_at_risk_amount,
    currency,
    cast(null as timestamptz) as due_at,
    expected,
    actual,
    evidence,
    cause
from found
qualify row_number() over (partition by shop_id, entity_id order by cause desc) = 1
