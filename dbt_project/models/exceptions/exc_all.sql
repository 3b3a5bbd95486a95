select
    cast('' as varchar) as exception_id, cast('' as varchar) as code, cast('' as varchar) as shop_id, cast('' as varchar) as entity_type,
    cast('' as varchar) as entity_id, cast('' as varchar) as severity, cast('' as varchar) as owner,
    cast(0 as decimal(18, 4)) as money_at_risk_amount, cast('' as varchar) as currency, cast(null as timestamptz) as due_at,
    cast('' as varchar) as expected, cast('' as varchar) as actual, cast('' as varchar) as evidence, cast('' as varchar) as cause
where false
