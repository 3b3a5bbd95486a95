-- Every statement and payment that was ever listed, and where it is accounted for. One row per record; `place` is null,
-- and `reason` says why, where its money would be in no comparison at all.
{%- set known_states = "('PAID', 'FAILED', 'PROCESSING', 'SETTLED')" %}

with listed as (
    {%- for entity_type in ['statement', 'payment'] %}
        select distinct
            '{{ entity_type }}' as entity_type,
            shop_id,
            {{ entity_type }}_id as entity_id
        from {{ ref('stg_tiktok_shop__' ~ entity_type ~ '_readings') }}
        {%- if not loop.last %} union all {%- endif %}
    {%- endfor %}
),

statements as (
    select
        shop_id,
        statement_id,
        case arithmetic
            when 'deleted' then 'removed'
            when 'surplus' then 'copy'
            when 'quarantined' then 'quarantined'
            when 'sound' then if(payment_id is null, 'not_paid_yet', 'in_payment')
            else 'broken'
        end as place,
        case
            when arithmetic = 'deleted' then ''
            when payment_status not in {{ known_states }} then 'TikTok Shop calls it ' || payment_status
            when payment_id is null and payment_status in ('PAID', 'SETTLED')
                then 'it is called ' || payment_status || ', and names no payment'
            else ''
        end as reason,
        coalesce(settlement_amount, lines_settlement_amount, 0) as amount,
        currency
    from {{ ref('int_settlements__statements') }}
),

payments as (
    select
        shop_id,
        payment_id,
        status as place,
        case
            when status in ('duplicate_key', 'missing_left') then ''
            when payment_status not in {{ known_states }} then 'TikTok Shop calls it ' || payment_status
            else ''
        end as reason,
        coalesce(amount, 0) as amount,
        currency
    from (
        select
            bank.*,
            payments.payment_status,
            payments.amount
        from {{ ref('rec_payouts__payments_vs_bank') }} as bank
        inner join {{ ref('int_payouts__payments') }} as payments using (shop_id, payment_id)
    ) as compared
),

placed as (
    select
        'statement' as entity_type,
        * rename (statement_id as entity_id)
    from statements
    union all
    select
        'payment' as entity_type,
        * rename (payment_id as entity_id)
    from payments
)

select
    listed.shop_id,
    listed.entity_type,
    listed.entity_id,
    if(placed.reason = '', placed.place, null) as place,
    coalesce(placed.reason, 'it was read, and nothing reads it on') as reason,
    coalesce(placed.amount, 0) as amount,
    coalesce(placed.currency, '') as currency
from listed
left join placed
    on
        listed.shop_id = placed.shop_id
        and listed.entity_type = placed.entity_type
        and listed.entity_id = placed.entity_id
