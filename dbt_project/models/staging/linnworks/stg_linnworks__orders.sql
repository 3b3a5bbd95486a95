{{
    config(
        materialized=changed_keys_incremental(),
        pre_hook="{{ delete_changed_keys([source('raw_linnworks', 'orders')], 'shop_id, order_id', 'shop_id, id', load_sequence('load_id')) }}"
    )
}}

-- Of a processed order, HoldOrCancel says that it was cancelled; of an open one, that it is on hold.
with versions as (
    {{ latest_versions(source('raw_linnworks', 'orders')) }}
),

{{ kept_versions(source('raw_linnworks', 'orders')) }},

allocated as (
    {{ unbroken_since(
        "(payload ->> '$.IsLocked') is distinct from 'true' and (payload ->> '$.GeneralInfo.IsParked') is distinct from 'true'",
        'allocated_since',
    ) }}
),

documents as (
    select
        *,
        from_json(
            payload,
            '{"NumOrderId": "VARCHAR", "Processed": "VARCHAR", "ProcessedDateTime": "VARCHAR",
              "FulfilmentLocationId": "VARCHAR", "IsLocked": "VARCHAR",
              "GeneralInfo": {"Status": "VARCHAR", "Source": "VARCHAR", "SubSource": "VARCHAR",
                "ReferenceNum": "VARCHAR", "SecondaryReference": "VARCHAR", "IsParked": "VARCHAR",
                "HoldOrCancel": "VARCHAR", "LabelPrinted": "VARCHAR", "PickListPrinted": "VARCHAR",
                "ReceivedDate": "VARCHAR", "DespatchByDate": "VARCHAR", "StockAllocationType": "VARCHAR"},
              "ShippingInfo": {"Vendor": "VARCHAR", "PostalServiceName": "VARCHAR", "TrackingNumber": "VARCHAR"},
              "TotalsInfo": {"TotalCharge": "VARCHAR", "Tax": "VARCHAR", "Currency": "VARCHAR"}}'
        ) as body
    from versions
),

typed as (
    select
        *,
        coalesce(body.processed = 'true', false) as is_processed,
        coalesce(body.generalinfo.holdorcancel = 'true', false) as is_stopped,
        try_cast(body.processeddatetime as timestamptz) as closed_at
    from documents
)

select
    typed.shop_id,
    typed.id as order_id,
    body.numorderid as order_number,
    body.generalinfo.referencenum as reference,
    coalesce(body.generalinfo.secondaryreference, '') as secondary_reference,
    upper(body.generalinfo.source) as source,
    body.generalinfo.subsource as sub_source,
    body.fulfilmentlocationid as location_id,
    coalesce(body.generalinfo.status = '1', false) as is_paid,
    coalesce(body.generalinfo.isparked = 'true', false) as is_parked,
    coalesce(body.islocked = 'true', false) as is_locked,
    allocated.allocated_since,
    is_stopped and not is_processed as is_on_hold,
    coalesce(body.generalinfo.picklistprinted = 'true' or body.generalinfo.labelprinted = 'true', false) as is_picking,
    is_processed,
    is_stopped and is_processed as is_cancelled,
    coalesce(body.generalinfo.stockallocationtype, '') as stock_allocation,
    coalesce(body.shippinginfo.trackingnumber, '') as tracking_number,
    coalesce(body.shippinginfo.vendor, '') as carrier,
    coalesce(body.shippinginfo.postalservicename, '') as service,
    {{ amount('body.totalsinfo.totalcharge') }} as total_amount,
    {{ amount('body.totalsinfo.tax') }} as tax_amount,
    body.totalsinfo.currency,
    try_cast(body.generalinfo.receiveddate as timestamptz) as received_at,
    try_cast(body.generalinfo.despatchbydate as timestamptz) as dispatch_by,
    case when is_processed and not is_stopped then closed_at end as processed_at,
    case when is_processed and is_stopped then closed_at end as cancelled_at,
    {{ faults([
        shape_faults('payload', {
            'GeneralInfo': 'OBJECT', 'ShippingInfo': 'OBJECT', 'TotalsInfo': 'OBJECT', 'Items': 'ARRAY',
            'Items[*]': 'OBJECT',
        }),
        each_fault(text_fault, [
            'NumOrderId', 'FulfilmentLocationId', 'GeneralInfo.Source', 'GeneralInfo.SubSource',
            'GeneralInfo.ReferenceNum', 'GeneralInfo.SecondaryReference', 'GeneralInfo.StockAllocationType',
            'ShippingInfo.Vendor', 'ShippingInfo.PostalServiceName', 'ShippingInfo.TrackingNumber',
        ], of='body.'),
        each_fault(flag_fault, [
            'Processed', 'IsLocked', 'GeneralInfo.IsParked', 'GeneralInfo.HoldOrCancel', 'GeneralInfo.LabelPrinted',
            'GeneralInfo.PickListPrinted',
        ], of='body.'),
        units_fault('GeneralInfo.Status', 'body.GeneralInfo.Status'),
        each_fault(instant_fault, [
            'ProcessedDateTime', 'GeneralInfo.ReceivedDate', 'GeneralInfo.DespatchByDate',
        ], of='body.'),
        each_fault(amount_fault, ['TotalsInfo.TotalCharge', 'TotalsInfo.Tax'], of='body.'),
        given_currency_fault('TotalsInfo.Currency', 'body.TotalsInfo.Currency'),
    ]) }} as faults,
    is_deleted,
    first_observed_at,
    observed_at,
    loaded_through
from typed
left join allocated on typed.shop_id = allocated.shop_id and typed.id = allocated.id
