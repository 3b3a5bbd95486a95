{{
    config(
        materialized=changed_keys_incremental(),
        pre_hook="{{ delete_changed_keys([source('raw_tiktok_shop', 'returns')], 'shop_id, return_id', 'shop_id, id', load_sequence('load_id')) }}"
    )
}}

-- What a return said that it refunded when it was last paid out, after any version in which it was not. One row per
-- return that is refunded.
with states as (
    select
        shop_id,
        id,
        observed_at,
        {{ load_sequence('load_id') }} as load_sequence,
        {{ return_stage("(payload ->> '$.return_status')") }} = 'refunded' as is_refunded,
        {{ amount("(payload ->> '$.refund_amount.refund_total')") }} as amount,
        payload ->> '$.refund_amount.currency' as currency
    from {{ source('raw_tiktok_shop', 'returns') }}
    {{ only_changed_keys('shop_id, id') }}
    where not is_deleted
),

dated as (
    select
        *,
        max(observed_at) filter (where not is_refunded) over (partition by shop_id, id) as open_at,
        max(load_sequence) over (partition by shop_id, id) as loaded_through
    from states
)

select
    shop_id,
    id as return_id,
    arg_min(amount, observed_at) as paid_amount,
    arg_min(currency, observed_at) as paid_currency,
    any_value(loaded_through) as loaded_through
from dated
where is_refunded and amount is not null and observed_at > coalesce(open_at, '-infinity')
group by shop_id, id
