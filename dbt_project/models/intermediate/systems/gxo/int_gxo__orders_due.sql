{{ config(contract={'enforced': true}) }}

-- Released orders that must still be sent to GXO, once each; what was sent already is not proposed again.
with written as (
    select
        *,
        to_json({
            'order_id': order_id,
            'purpose': 'N',
            'site': location,
            'service': coalesce(service, ''),
            'ship_by': coalesce(strftime(ready_to_ship_due_at, '%Y-%m-%d'), ''),
            'tracking_number': label_number,
            'lines': lines
        }) as sent
    from {{ ref('int_fulfilments__ready') }}
    where system = 'gxo'
),

desired as (
    select
        *,
        -- What was refused goes again as another intent, once a person has seen to what was wrong with it.
        cast(
            if(refused_document is null, sent, json_merge_patch(sent, json_object('again_after', refused_document)))
            as varchar
        ) as desired
    from written
)

select
    order_id,
    shop_id,
    desired,
    cast(0 as decimal(18, 4)) as amount,
    '' as currency,
    refused_document is not null as needs_approval,
    'GXO could not read 940 ' || refused_document as approval_reason,
    blocked_reason
from desired
