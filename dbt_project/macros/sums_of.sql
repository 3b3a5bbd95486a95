{#-
Which items of an anchor add up to its target, as `sums`: the body of a recursive CTE. `pairs` has anchor_id, target,
item_id and amount; an item may come with two amounts, of which one is used. Amounts must be positive.
-#}
{% macro sums_of(pairs, most) -%}
    select anchor_id, target, [{'item_id': item_id, 'amount': amount}] as items, item_id as last_item, amount as total, 1 as item_count
    from {{ pairs }}
    union all
    select
        sums.anchor_id,
        sums.target,
        list_append(sums.items, {'item_id': pair.item_id, 'amount': pair.amount}),
        pair.item_id,
        cast(sums.total + pair.amount as decimal(18, 4)),
        sums.item_count + 1
    from sums
    inner join {{ pairs }} as pair on sums.anchor_id = pair.anchor_id and sums.target = pair.target
    where pair.item_id > sums.last_item and sums.item_count < {{ most }} and sums.total + pair.amount <= sums.target
{%- endmacro %}
