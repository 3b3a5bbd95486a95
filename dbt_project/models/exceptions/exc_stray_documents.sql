-- Documents in the books that say to be refunds, and are of none: of a return that TikTok Shop did not refund, or a
-- second one of a refund, without its key. Nothing where refunds have no documents. One row per code and document.
with wanted as (
    select 1 as one from {{ ref('stg_config__books') }}
    where refund_document <> 'journal' and not is_deleted
),

known as (
    select
        listed.shop_id,
        listed.return_id,
        {{ joined_key(["'tieout-refund'", 'listed.shop_id', 'listed.return_id'], between='-') }} as external_id,
        listed.order_id,
        listed.is_deleted,
        returned.stage
    from {{ ref('stg_tiktok_shop__returns') }} as listed
    left join {{ ref('int_returns__returns') }} as returned using (shop_id, return_id)
),

documents as (
    select
        *,
        regexp_extract(memo, 'TikTok Shop return ([0-9]+) of order', 1) as named_return_id
    from {{ ref('int_ledger__credit_memos') }}
    cross join wanted
    where not is_deleted and not is_voided
),

found as (
    -- What cannot be read, or has a status of no document, is an exception of its own.
    select
        'RET-07' as code,
        coalesce(known.shop_id, regexp_extract(documents.external_id, '^tieout-refund-([0-9]+)-', 1)) as shop_id,
        documents.*,
        known.order_id,
        'a refund on TikTok Shop' as expected,
        coalesce('the return is ' || if(known.is_deleted, 'gone', known.stage), 'no such return') as actual,
        'document without refund' as cause
    from documents
    left join known using (external_id)
    where
        starts_with(documents.external_id, 'tieout-refund-')
        and (known.external_id is null or known.is_deleted or known.stage not in ('refunded', 'unknown'))
    union all by name
    select
        'ERP-03' as code,
        known.shop_id,
        documents.*,
        known.order_id,
        'one document for return ' || known.return_id as expected,
        'also document ' || ours.credit_memo_id as actual,
        'duplicate document' as cause
    from documents
    inner join known on documents.named_return_id = known.return_id
    inner join documents as ours on known.external_id = ours.external_id
    where not starts_with(coalesce(documents.external_id, ''), 'tieout-refund-')
)

select
    code,
    shop_id,
    'refund_document' as entity_type,
    credit_memo_id as entity_id,
    cast(coalesce(any_value(amount), 0) as decimal(18, 4)) as money_at_risk_amount,
    any_value(currency) as currency,
    cast(null as timestamptz) as due_at,
    any_value(expected) as expected,
    any_value(actual) as actual,
    to_json({
        'external_id': any_value(external_id), 'memo': any_value(memo), 'order_id': any_value(order_id)
    }) as evidence,
    any_value(cause) as cause
from found
group by code, shop_id, credit_memo_id
