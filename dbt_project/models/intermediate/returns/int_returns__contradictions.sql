{{
    config(
        materialized=changed_keys_incremental(),
        pre_hook="{{ delete_changed_returns() }}"
    )
}}

-- What a return says against what was paid for it, against its order, or against its own lines: the first of these, or
-- null where it contradicts nothing. One row per return. It is neither answered nor booked by us while it does.
with returned as (
    select
        returned.shop_id,
        returned.return_id,
        returned.order_id,
        returned.stage,
        returned.refund_amount,
        returned.currency,
        returned.lines_amount,
        returned.unsold_lines,
        coalesce(returned.lines_amount <> returned.refund_amount, returned.lines_amount is null) as is_other_total,
        returned.loaded_through
    from {{ ref('int_returns__returns') }} as returned
    {{ only_changed_keys('shop_id, order_id') }}
)

select
    returned.shop_id,
    returned.return_id,
    returned.order_id,
    case
        when
            returned.stage = 'refunded'
            and (payments.paid_amount <> returned.refund_amount or payments.paid_currency <> returned.currency)
            then 'edited after it was paid'
        when orders.currency <> coalesce(returned.currency, '') and returned.refund_amount <> 0
            then 'another currency'
        when
            returned.stage not in ('closed', 'replaced', 'refused', 'unknown')
            and returned.unsold_lines = 0
            and returned.is_other_total
            then 'lines and total differ'
    end as contradiction,
    case contradiction
        when 'edited after it was paid'
            then {{ money_text('payments.paid_amount') }} || ' ' || payments.paid_currency || ', as when it was paid'
        when 'another currency' then 'a refund in ' || orders.currency || ', as its order'
        when 'lines and total differ'
            then
                coalesce(
                    'a refund of ' || {{ money_text('returned.lines_amount') }} || ', as its lines say',
                    'lines that say what is refunded; it has none'
                )
    end as expected,
    returned.loaded_through
from returned
left join {{ ref('stg_tiktok_shop__return_payments') }} as payments
    on returned.shop_id = payments.shop_id and returned.return_id = payments.return_id
left join {{ of_changed(ref('stg_tiktok_shop__orders')) }} as orders
    on returned.shop_id = orders.shop_id and returned.order_id = orders.order_id
