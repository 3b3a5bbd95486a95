-- What was sold and has not moved is named, unit by unit.
select
    system,
    location,
    item,
    difference_units
from {{ ref('rec_units__sold_vs_moved') }}
where
    difference_units
    <> not_shipped_units + short_units + elsewhere_units - not_booked_units + not_graded_units + unexplained_units
