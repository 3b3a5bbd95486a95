with versions as (
    {{ latest_versions(source('raw_tiktok_shop', 'payments')) }}
)

select
    versions.shop_id,
    versions.id as payment_id,
    payload ->> '$.status' as payment_status,
    payload ->> '$.amount.currency' as currency,
    {{ amount("payload ->> '$.amount.value'") }} as amount,
    payload ->> '$.payment_amount_before_exchange.currency' as currency_before_exchange,
    {{ amount("payload ->> '$.payment_amount_before_exchange.value'") }} as amount_before_exchange,
    {{ amount("payload ->> '$.settlement_amount.value'") }} as settlement_amount,
    {{ amount("payload ->> '$.reserve_amount.value'") }} as reserve_amount,
    nullif(payload ->> '$.settlement_amount.currency', '') as settlement_currency,
    nullif(payload ->> '$.reserve_amount.currency', '') as reserve_currency,
    try_cast(nullif(payload ->> '$.exchange_rate', '') as decimal(18, 6)) as exchange_rate,
    {{ epoch_instant("payload ->> '$.create_time'") }} as created_at,
    {{ epoch_instant("payload ->> '$.paid_time'") }} as paid_at,
    nullif(trim(payload ->> '$.bank_account'), '') as bank_account,
    list_concat(
        {{ faults([
            amount_fault('amount.value', "(payload ->> '$.amount.value')"), missing_fault('amount.value', "(payload ->> '$.amount.value')"),
            currency_fault('amount.currency', "(payload ->> '$.amount.currency')"),
            amount_fault('payment_amount_before_exchange.value', "(payload ->> '$.payment_amount_before_exchange.value')"),
            amount_fault('settlement_amount.value', "(payload ->> '$.settlement_amount.value')"),
            amount_fault('reserve_amount.value', "(payload ->> '$.reserve_amount.value')"),
            time_fault('create_time', "(payload ->> '$.create_time')"),
            "if(payload ->> '$.status' = 'PAID', " ~ time_fault('paid_time', "(payload ->> '$.paid_time')") ~ ", "
            ~ given_time_fault('paid_time', "(payload ->> '$.paid_time')") ~ ")",
            rate_fault('exchange_rate', "(payload ->> '$.exchange_rate')", 'decimal(18, 6)'),
            each_fault_in('payload', text_fault, ['status', 'bank_account']),
            each_fault_in('payload', given_currency_fault, [
                'payment_amount_before_exchange.currency', 'settlement_amount.currency', 'reserve_amount.currency',
            ]),
        ]) }},
        coalesce(lost.faults, [])
    ) as faults,
    is_deleted,
    first_observed_at,
    observed_at,
    loaded_through
from versions
left join {{ ref('stg_tiktok_shop__lost_fields') }} as lost
    on lost.entity = 'payments' and versions.shop_id = lost.shop_id and versions.id = lost.record_id
