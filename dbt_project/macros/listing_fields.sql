{#- What is read of a product, of its detail and of a SKU's stock: once for the figures and once for their faults. -#}
{% macro product_fields() -%}
    '{"status": "VARCHAR",
      "skus": [{"id": "VARCHAR", "seller_sku": "VARCHAR", "status_info": {"status": "VARCHAR"}}]}'
{%- endmacro %}

{% macro product_detail_fields() -%}
    '{"skus": [{"id": "VARCHAR", "combined_skus": [{"seller_sku": "VARCHAR", "sku_count": "VARCHAR"}]}]}'
{%- endmacro %}

{% macro inventory_fields() -%}
    '{"seller_sku": "VARCHAR",
      "warehouse_inventory":
          [{"warehouse_id": "VARCHAR", "available_quantity": "VARCHAR", "committed_quantity": "VARCHAR"}],
      "total_available_inventory_distribution":
          {"campaign_inventory": [{"quantity": "VARCHAR"}], "creator_inventory": [{"quantity": "VARCHAR"}]}}'
{%- endmacro %}
