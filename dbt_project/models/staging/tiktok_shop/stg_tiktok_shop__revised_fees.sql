{{
    config(
        materialized=changed_keys_incremental(),
        pre_hook="{{ delete_changed_keys([source('raw_tiktok_shop', 'statement_transactions')], 'shop_id, transaction_id', 'shop_id, id', load_sequence('load_id')) }}"
    )
}}


-- Settlement lines that were sent more than once: for each total of fees and taxes, the least of it that a version left
-- without a line of its own. A later version that itemises less of the same total has lost something.
with versions as (
    select
        *,
        {{ load_sequence('load_id') }} as load_sequence
    from {{ source('raw_tiktok_shop', 'statement_transactions') }}
    {{ only_changed_keys('shop_id, id') }}
),

revised as (
    select
        shop_id,
        id
    from versions
    where not is_deleted
    group by shop_id, id
    having count(*) > 1
),

parsed as (
    select
        shop_id,
        id,
        load_sequence,
        from_json(
            payload,
            '{"fee_tax_amount": "VARCHAR",
              "fee_tax_breakdown": {"fee": "MAP(VARCHAR, VARCHAR)", "tax": "MAP(VARCHAR, VARCHAR)"}}'
        ) as fields
    from versions
    semi join revised using (shop_id, id)
    where not is_deleted and api_version is distinct from '202309'
),

added as (
    select
        shop_id,
        id,
        load_sequence,
        {{ amount('fields.fee_tax_amount') }} as fee_tax_amount,
        {{ sum_of_parts(added_parts('fields.fee_tax_breakdown.fee')) }}
        + {{ sum_of_parts(added_parts('fields.fee_tax_breakdown.tax')) }} as itemised_amount
    from parsed
)

select
    shop_id,
    id as transaction_id,
    fee_tax_amount,
    cast(min(abs(fee_tax_amount - itemised_amount)) as decimal(18, 4)) as least_unitemised_amount,
    max(load_sequence) as loaded_through
from added
where fee_tax_amount is not null
group by shop_id, id, fee_tax_amount
