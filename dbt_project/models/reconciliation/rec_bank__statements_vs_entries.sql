-- One row per bank statement: its balances against its entries, and its opening against the closing before it.
with clock as (
    select max(as_of) as as_of from {{ ref('int_coverage__as_of') }}
),

books as (
    select coalesce(any_value(days_to_arrive), 5) as days_to_arrive from {{ ref('stg_config__books') }}
    where not is_deleted
),

statements as (
    select
        statements.*,
        coalesce(clock.as_of >= statements.ends_at + to_days(books.days_to_arrive), true) as is_old
    from {{ ref('int_bank__statements') }} as statements
    cross join clock
    cross join books
),

paid as (
    select distinct bank_entry_id from {{ ref('int_payouts__bank_shares') }}
),

-- Entries that cannot be of their statement: in another currency, or booked outside its days (in whichever zone).
strange_entries as (
    select
        pages.document_id,
        list(entries.bank_entry_id order by entries.bank_entry_id) filter (
            where entries.currency <> entries.account_currency and paid.bank_entry_id is null
        ) as foreign_entry_ids,
        list(entries.bank_entry_id order by entries.bank_entry_id) filter (
            where entries.booking_date not between cast(pages.starts_at as date) - 1 and cast(pages.ends_at as date) + 1
        ) as misdated_entry_ids
    from {{ ref('stg_bank__entries') }} as entries
    inner join {{ ref('int_bank__statement_pages') }} as pages on entries.statement_id = pages.bank_statement_id
    left join paid on entries.bank_entry_id = paid.bank_entry_id
    where entries.is_booked and not entries.is_deleted
    group by pages.document_id
),

-- One of those that end together, and none without a time: which of several a join takes is not said.
ended as (
    select * from statements
    where ends_at is not null
    qualify
        row_number() over (
            partition by account_id, currency, ends_at order by sequence_number desc nulls last, document_id desc
        ) = 1
),

-- A statement that is missing leaves a day or more between the ones beside it; a change of clocks, or a period that
-- ends an hour before midnight, leaves no more than two hours.
followed as (
    select
        later.*,
        earlier.bank_statement_id as previous_id,
        earlier.closing_amount as previous_amount,
        earlier.ends_at as previous_ends_at,
        coalesce(earlier.adds_up, true) as is_previous_sound,
        later.starts_at > earlier.ends_at + interval 2 hours as has_room,
        later.sequence_number > earlier.sequence_number + 1 as is_number_missing
    from statements as later
    asof left join ended as earlier
        on
            later.account_id = earlier.account_id
            and later.currency = earlier.currency
            and coalesce(later.starts_at, '-infinity') >= earlier.ends_at
),

-- Statements of one time, or of times that overlap, follow each other by their balances.
continued as (
    select distinct later.document_id
    from followed as later
    inner join statements as earlier
        on
            later.account_id = earlier.account_id
            and later.currency = earlier.currency
            and later.opening_amount = earlier.closing_amount
            and later.document_id <> earlier.document_id
    where
        earlier.ends_at = later.previous_ends_at
        or (earlier.ends_at > later.starts_at and earlier.starts_at < later.ends_at)
),

classified as (
    select
        followed.*,
        case
            when not followed.is_complete then 'pages missing'
            when followed.unread_count > 0 then 'not all read'
            when not followed.adds_up then 'does not add up'
            when
                followed.has_balances_by_standard
                and (followed.opening_amount is null or followed.closing_amount is null)
                then 'no balance'
            when strange_entries.foreign_entry_ids is not null then 'another currency'
            when strange_entries.misdated_entry_ids is not null then 'booked on another day'
            when
                followed.previous_amount <> followed.opening_amount
                and continued.document_id is null
                and followed.is_previous_sound
                then if(followed.has_room, 'statement missing', 'does not follow')
            when followed.is_number_missing and followed.has_room then 'statement missing'
        end as cause,
        coalesce(strange_entries.foreign_entry_ids, strange_entries.misdated_entry_ids) as strange_entry_ids
    from followed
    left join continued using (document_id)
    left join strange_entries using (document_id)
)

select
    bank_statement_id,
    account_id,
    currency,
    case
        when cause is null then 'matched'
        when cause = 'not all read' then 'accepted'
        when cause in ('pages missing', 'statement missing') then if(is_old, 'missing_right', 'in_transit')
        else 'mismatched'
    end as status,
    coalesce(cause, 'adds up and follows') as reason,
    opening_amount,
    booked_amount,
    closing_amount as left_amount,
    cast(opening_amount + booked_amount as decimal(18, 4)) as right_amount,
    cast(
        case
            when cause in ('statement missing', 'does not follow') then opening_amount - previous_amount
            else closing_amount - opening_amount - booked_amount
        end as decimal(18, 4)
    ) as difference_amount,
    previous_id,
    previous_amount,
    pages,
    strange_entry_ids,
    starts_at,
    ends_at,
    observed_at as left_as_of,
    observed_at as right_as_of
from classified
