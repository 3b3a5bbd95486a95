{#-
The steps from what buyers ordered to what a shop earned, in their order: the margin that each one is the last to belong
to, the classes of fees.csv that it sums, and its meaning. This is the one list; marts have a column per step. Reserves
move money and tax is owed to others: neither is a step.
-#}
{% macro with_profit_steps() -%}
    {{ caller({
        'gross_sales': {'margin': 1, 'classes': ['gross_sales']},
        'seller_discount': {'margin': 1, 'classes': ['seller_discount']},
        'refunds': {'margin': 1, 'classes': ['refund', 'refund_discount']},
        'cost_of_goods': {'margin': 1, 'classes': []},
        'platform_fees': {
            'margin': 2,
            'classes': [
                'platform_commission', 'referral_fee', 'transaction_fee', 'refund_admin_fee', 'service_fee', 'unitemised_fee',
            ],
        },
        'shipping': {'margin': 2, 'classes': ['shipping_income', 'shipping_cost', 'shipping_subsidy']},
        'affiliate_commission': {'margin': 3, 'classes': ['affiliate_commission']},
        'ads': {'margin': 3, 'classes': ['ads']},
        'samples': {'margin': 3, 'classes': []},
        'penalties': {'margin': 4, 'classes': ['penalty', 'chargeback']},
        'reimbursements': {'margin': 4, 'classes': ['reimbursement']},
        'adjustments': {'margin': 4, 'classes': ['adjustment', 'unclassified']},
    }) }}
{%- endmacro %}

{#- A column per step, and the margins that they add up to, of entries that are grouped. -#}
{% macro profit_columns() -%}
    {%- call(steps) with_profit_steps() %}
    {%- for step in steps %}
    {{ sum_where("step = '" ~ step ~ "'") }} as {{ step }}_amount,
    {%- endfor %}
    {{ sum_where("step in ('gross_sales', 'seller_discount', 'refunds')") }} as net_sales_amount,
    {%- endcall %}
    {%- for margin in [1, 2, 3] %}
    {{ sum_where('margin <= ' ~ margin) }} as margin_{{ margin }}_amount,
    {%- endfor %}
    cast(sum(amount) as decimal(18, 4)) as profit_amount
{%- endmacro %}

{% macro sum_where(condition) -%}
    cast(coalesce(sum(amount) filter ({{ condition }}), 0) as decimal(18, 4))
{%- endmacro %}

{#- The classes of fees.csv with their step and its margin, as a query. -#}
{% macro profit_classes() -%}
    {%- call(steps) with_profit_steps() %}
    {%- for step, of in steps.items() %}
    select
        '{{ step }}' as step,
        {{ of.margin }} as margin,
        unnest({{ of.classes }}::varchar[]) as line_class
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
    {%- endcall %}
{%- endmacro %}
