-- What is wrong in the books: journals that were confirmed and differ now, and journals that cannot be written.
with confirmed as (
    select
        case break_reason
            when 'gone' then 'ERP-01'
            when 'not_counted' then 'ERP-11'
            when 'copied' then 'ERP-03'
            when 'edited' then 'ERP-07'
        end as code,
        shop_id,
        'journal' as entity_type,
        external_id as entity_id,
        cast(
            if(break_reason = 'edited', abs(difference_amount), left_amount) as decimal(18, 4)
        ) as money_at_risk_amount,
        currency,
        cast(null as timestamptz) as due_at,
        case break_reason
            when 'copied' then 'one journal'
            when 'not_counted' then left_amount || ' in the books'
            else left_amount || ' on ' || asked_date
        end as expected,
        case break_reason
            when 'gone' then 'acknowledged, and no longer in {{ name_of('ledger_entries') }}'
            when 'not_counted' then not_counted_because
            when 'copied' then 'also ' || array_to_string(twin_ids, ', ')
            else differences
        end
        || if(
            break_reason in ('gone', 'not_counted') and len(twin_ids) > 0,
            '; ' || array_to_string(twin_ids, ', ') || ' has the same lines',
            ''
        ) as actual,
        to_json({
            'vendor_id': vendor_id,
            'asked': string_split(asked_entries, chr(10)),
            'held': string_split(held_entries, chr(10)),
            'twins': twin_ids,
            'mirrors': mirror_ids
        }) as evidence,
        case break_reason
            when 'gone' then 'journal gone'
            when 'not_counted' then 'journal does not count'
            when 'copied' then 'duplicate journal'
            else 'journal edited'
        end as cause
    from {{ ref('rec_payouts__payouts_vs_journals') }}
    where break_reason is not null
),

tried as (
    select
        entity_key,
        error_code,
        last_error,
        state
    from {{ ref('stg_tieout__outbox') }}
    where
        contains(sync, 'journal')
        and state not in ('acknowledged', 'withdrawn')
        and (last_error <> '' or state in ('rejected', 'dead', 'unknown'))
    qualify row_number() over (partition by entity_key order by updated_at desc nulls last, outbox_id desc) = 1
),

proposed as (
    select
        journals.*,
        tried.last_error,
        tried.state,
        payments.paid_at + interval 1 day as due_at,
        case
            when starts_with(journals.blocked_reason, 'ERP-02') then 'ERP-02'
            when journals.already_there is not null and starts_with(coalesce(journals.blocked_reason, ''), 'ERP-')
                then left(journals.blocked_reason, 6)
            when journals.blocked_reason is not null then null
            when journals.already_there is not null then if(journals.needs_approval, 'ERP-07', null)
            when contains(tried.error_code || ' ' || tried.last_error, 'PERIOD_CLOSED') then 'ERP-04'
            -- Given up, or without a known outcome: reported as that.
            when tried.state in ('dead', 'unknown') then null
            when tried.entity_key is not null and clock.as_of > payments.paid_at + interval 1 day then 'ERP-01'
        end as code
    from {{ ref('int_books__pending_journals') }} as journals
    left join tried using (entity_key)
    left join {{ ref('int_payouts__payments') }} as payments
        on journals.shop_id = payments.shop_id and journals.payment_id = payments.payment_id
    left join {{ ref('int_coverage__as_of') }} as clock on journals.shop_id = clock.shop_id
)

select * from confirmed
union all
select
    code,
    shop_id,
    'journal' as entity_type,
    entity_key as entity_id,
    abs(amount) as money_at_risk_amount,
    currency,
    due_at,
    case
        when code = 'ERP-02' then 'debits that equal credits'
        when already_there is not null then amount || ' ' || currency || ' as the payout says'
        else 'posted in {{ name_of('ledger_entries') }}'
    end as expected,
    coalesce(blocked_reason, if(already_there is not null, approval_reason, null), last_error, state) as actual,
    to_json({'payment_id': payment_id, 'month': month, 'revision': revision, 'state': state}) as evidence,
    case
        when already_there is not null then 'found in the books'
        when code = 'ERP-02' then 'unbalanced'
        when code = 'ERP-04' then 'period closed'
        else 'not posted'
    end as cause
from proposed
where code is not null
