{#-
The CTE `said`, from `kept` and `documents`: since when a return has its present status, by our reading and by TikTok
Shop's own time; the last deadline that was named since; and every order that it was ever said to be of.
-#}
{% macro return_states() -%}
    listed as (
        select
            shop_id,
            id,
            observed_at,
            updated_at,
            coalesce(payload ->> '$.order_id', '') as order_id,
            coalesce(payload ->> '$.return_status', '') as return_status,
            from_json(
                payload, '{"seller_next_action_response": [{"action": "VARCHAR", "deadline": "VARCHAR"}]}'
            ).seller_next_action_response as actions
        from kept
        where not is_deleted
    ),

    states as (
        select
            listed.* exclude (actions),
            {{ next_step('listed.actions') }}.due_at as due_at,
            max(listed.observed_at) filter (listed.return_status <> coalesce(documents.body.return_status, ''))
                over (partition by listed.shop_id, listed.id) as other_at
        from listed
        inner join documents on listed.shop_id = documents.shop_id and listed.id = documents.id
    ),

    said as (
        select
            shop_id,
            id,
            min(observed_at) filter (observed_at > coalesce(other_at, '-infinity')) as status_observed_at,
            min(updated_at) filter (observed_at > coalesce(other_at, '-infinity')) as status_updated_at,
            arg_max(due_at, observed_at) filter (observed_at > coalesce(other_at, '-infinity')) as last_due_at,
            list_sort(list(distinct order_id)) as order_ids
        from states
        group by shop_id, id
    )
{%- endmacro %}
