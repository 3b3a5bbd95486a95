-- What left a warehouse for orders, parcel by parcel: one row per system, shipment, parcel and item.
{{ united('parcel_contents') }}
