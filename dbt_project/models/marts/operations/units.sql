{{ config(contract={'enforced': true}) }}

-- Units sold, cancelled and returned of each item, and what the warehouse says moved for them.
select
    item,
    system as fulfilment_system,
    location as fulfilment_location,
    status,
    sold_units,
    cancelled_units,
    sellable_units,
    shipped_units,
    booked_units,
    moved_units,
    difference_units,
    not_shipped_units,
    short_units,
    elsewhere_units,
    not_booked_units,
    not_graded_units,
    unexplained_units,
    order_ids,
    return_ids
from {{ ref('rec_units__sold_vs_moved') }}
