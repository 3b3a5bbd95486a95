{#- How far a return is, by TikTok Shop's status of it (fact sheet tiktok_shop 6.2); unknown for one of no document. -#}
{% macro return_stage(status) -%}
    {%- set stages = [
        ('requested', ['RETURN_OR_REFUND_REQUEST_PENDING', 'REPLACEMENT_REQUEST_PENDING', 'EXCHANGE_REQUEST_PENDING']),
        ('offered', ['AWAITING_BUYER_RESPONSE']),
        ('approved', ['AWAITING_BUYER_SHIP']),
        ('shipped', ['BUYER_SHIPPED_ITEM']),
        ('refused', ['REFUND_OR_RETURN_REQUEST_REJECT', 'REPLACEMENT_REQUEST_REJECT', 'REJECT_RECEIVE_PACKAGE']),
        ('refunding', ['RETURN_OR_REFUND_REQUEST_SUCCESS']),
        ('refunded', [
            'RETURN_OR_REFUND_REQUEST_COMPLETE', 'REPLACEMENT_REQUEST_REFUND_SUCCESS', 'EXCHANGE_REQUEST_REFUND_SUCCESS',
        ]),
        ('replaced', ['REPLACEMENT_REQUEST_COMPLETE', 'EXCHANGE_REQUEST_COMPLETE']),
        ('closed', [
            'RETURN_OR_REFUND_REQUEST_CANCEL', 'RETURN_OR_REFUND_REQUEST_CANCELLED', 'REPLACEMENT_REQUEST_CANCEL',
            'EXCHANGE_REQUEST_CANCEL',
        ]),
    ] %}
    case {{ status }}
        {%- for stage, statuses in stages %}
            {%- for known in statuses %}
        when '{{ known }}' then '{{ stage }}'
            {%- endfor %}
        {%- endfor %}
        else 'unknown'
    end
{%- endmacro %}
