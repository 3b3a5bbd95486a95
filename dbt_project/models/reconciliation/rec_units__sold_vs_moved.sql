-- Units sold less cancelled less returned to be sold again, against what systems say has moved for these sales and
-- returns. What is only not done yet, and what a system says was done otherwise, is named; the rest is unexplained.
{%- set of_orders = ['sold', 'cancelled', 'shipped', 'not_shipped', 'short', 'elsewhere'] %}
{%- set of_returns = ['sellable', 'booked', 'not_booked', 'not_graded'] %}

with units as (
    select * from {{ ref('int_stock__order_units') }}
    union all by name
    select
        * exclude (unexplained_units),
        -unexplained_units as unexplained_units
    from {{ ref('int_stock__return_units') }}
),

added as (
    select
        system,
        location,
        item,
        {%- for name in of_orders + of_returns + ['unexplained'] %}
            cast(coalesce(sum({{ name }}_units), 0) as bigint) as {{ name }}_units,
        {%- endfor %}
        coalesce(list(order_id order by order_id) filter (where order_id is not null and unexplained_units <> 0), [])
            as order_ids,
        coalesce(list(return_id order by return_id) filter (where return_id is not null and unexplained_units <> 0), [])
            as return_ids
    from units
    group by system, location, item
)

select
    case
        when unexplained_units <> 0 then 'mismatched'
        when not_shipped_units + not_booked_units + not_graded_units > 0 then 'in_transit'
        when short_units + elsewhere_units > 0 then 'accepted'
        else 'matched'
    end as status,
    added.*,
    shipped_units - booked_units as moved_units,
    sold_units - cancelled_units - sellable_units - (shipped_units - booked_units) as difference_units
from added
