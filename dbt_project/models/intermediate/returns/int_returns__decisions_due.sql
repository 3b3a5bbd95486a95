-- Answers that the policy gives and TikTok Shop does not have yet. One row per return.
with given as (
    select distinct
        shop_id,
        entity_key as return_id,
        desired
    from {{ ref('stg_tieout__acknowledgements') }}
    where
        sync = 'tiktok_shop__return_decisions'
        and entity_key in (select return_id from {{ ref('int_returns__answers') }})
)

select
    answers.shop_id,
    answers.return_id,
    answers.order_id,
    answers.desired,
    cast(coalesce(answers.refund_amount, 0) as decimal(18, 4)) as amount,
    coalesce(answers.currency, '') as currency,
    answers.approval = 'person' as needs_approval,
    'row ' || answers.return_policy_id || ' of return_policy.csv leaves it to a person' as approval_reason,
    answers.blocked_reason
from {{ ref('int_returns__answers') }} as answers
anti join given using (shop_id, return_id, desired)
where answers.decision is not null
