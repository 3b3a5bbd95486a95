-- Returns that a portal does not hold as TikTok Shop has them, and words of either that no map knows: one row per word.
with mirrors as (
    select
        due.*,
        clock.as_of,
        outbox.last_error,
        reads.windows,
        if(is_missing, due.first_observed_at, due.observed_at) as seen_at,
        seen_at + if(is_missing, to_minutes(due.mirror_after_minutes), {{ clock_of('mirror behind') }}) as expected_at
    from {{ ref('int_returns__mirrors_due') }} as due
    inner join {{ ref('int_coverage__as_of') }} as clock on due.shop_id = clock.shop_id
    left join {{ ref('int_coverage__reads') }} as reads
        on due.system = reads.system and reads.entity = 'returns' and reads.shop_id = ''
    inner join {{ ref('int_systems') }} as systems on due.system = systems.system
    left join {{ ref('stg_tieout__outbox') }} as outbox
        on
            due.shop_id = outbox.shop_id
            and due.return_id = outbox.entity_key
            and outbox.state in ('rejected', 'dead', 'unknown')
            and systems.return_sync = outbox.sync
    qualify row_number() over (partition by due.shop_id, due.return_id order by outbox.updated_at desc) = 1
),

graded as (
    select
        system,
        portal_return_id,
        status,
        unnest(lines) as line
    from {{ ref('int_returns__portal_returns') }}
    where
        unknown_grades > 0
        or (status in ('graded', 'closed') and sellable_units + unsellable_units <> received_units)
        or (status = 'closed' and not is_graded)
),

words as (
    select
        '' as shop_id,
        'grade' as entity_type,
        {{ joined_key(['system', "coalesce(line.condition, '(none)')", "coalesce(line.disposition, '(none)')"]) }}
            as entity_id,
        portal_return_id as record_id,
        'a row of grades.csv' as expected
    from graded
    where
        line.is_sellable is null
        and (
            line.received > 0
            or (line.received is null and (status = 'closed' or line.condition is not null))
        )
    union all
    select
        shop_id,
        'return_reason' as entity_type,
        coalesce(nullif(reason, ''), '(none)') as entity_id,
        return_id as record_id,
        'a row of return_reasons.csv for TikTok Shop and the portal' as expected
    from mirrors
    where starts_with(blocked_reason, 'RET-09')
)

select
    'RET-03' as code,
    shop_id,
    'return' as entity_type,
    return_id as entity_id,
    coalesce(refund_amount, 0) as money_at_risk_amount,
    currency,
    cast(null as timestamptz) as due_at,
    case wanted_state
        when 'over' then 'taken back in the portal'
        when 'labelled' then 'in the portal, with its tracking number'
        else 'in the portal'
    end as expected,
    if(is_missing, 'not there', 'there, and not as TikTok Shop has it')
    || coalesce(': ' || nullif(last_error, ''), '') as actual,
    to_json({'order_id': order_id, 'portal': system}) as evidence,
    'not mirrored' as cause
from mirrors
where
    blocked_reason is null
    and as_of >= expected_at
    -- What a portal does not have is known from what was read of it, or from its answer to us.
    and (last_error is not null or {{ was_read('windows', 'seen_at', 'expected_at') }})
union all by name
select
    'RET-03' as code,
    returned.shop_id,
    'return' as entity_type,
    returned.return_id as entity_id,
    coalesce(returned.refund_amount, 0) as money_at_risk_amount,
    returned.currency,
    cast(null as timestamptz) as due_at,
    coalesce(goods.asked, 'nothing') || ' in the portal' as expected,
    coalesce(goods.announced, 'nothing') as actual,
    to_json({'order_id': returned.order_id, 'portal_returns': returned.portal_return_ids}) as evidence,
    'other goods announced' as cause
from {{ ref('int_returns__other_goods') }} as goods
inner join {{ ref('int_returns__returns') }} as returned using (shop_id, return_id)
anti join mirrors using (shop_id, return_id)
where returned.unsold_lines = 0 and returned.other_sku_lines = 0
union all by name
select
    'RET-09' as code,
    shop_id,
    entity_type,
    entity_id,
    cast(0 as decimal(18, 4)) as money_at_risk_amount,
    '' as currency,
    cast(null as timestamptz) as due_at,
    any_value(expected) as expected,
    count(distinct record_id) || ' returns with it' as actual,
    to_json({'record_ids': list(distinct record_id order by record_id)[1:20]}) as evidence,
    'unmapped' as cause
from words
group by shop_id, entity_type, entity_id
