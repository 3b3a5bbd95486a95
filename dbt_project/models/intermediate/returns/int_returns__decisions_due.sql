-- Answers that the policy gives and TikTok Shop does not have yet. One row per return.
with given as (
    select distinct
        shop_id,
        entity_key as return_id,
        -- The same answer is given once, however it was backed.
        cast(json_merge_patch(desired, '{"comment": null, "photo_urls": null}') as varchar) as desired
    from {{ ref('stg_tieout__acknowledgements') }}
    where
        sync = 'tiktok_shop__return_decisions'
        and entity_key in (select return_id from {{ ref('int_returns__answers') }})
),

due as (
    select *
    from {{ ref('int_returns__answers') }}
    anti join given using (shop_id, return_id, desired)
    where decision is not null
)

select
    due.shop_id,
    due.return_id,
    due.order_id,
    if(
        refusals.return_id is null,
        due.desired,
        cast(json_merge_patch(
            due.desired, to_json({'comment': refusals.comment_text, 'photo_urls': refusals.photo_urls})
        ) as varchar)
    ) as desired,
    cast(coalesce(due.refund_amount, 0) as decimal(18, 4)) as amount,
    coalesce(due.currency, '') as currency,
    due.approval = 'person' as needs_approval,
    'row ' || due.return_policy_id || ' of return_policy.csv leaves it to a person' as approval_reason,
    due.blocked_reason
from due
left join {{ ref('int_returns__refusals') }} as refusals using (shop_id, return_id)
