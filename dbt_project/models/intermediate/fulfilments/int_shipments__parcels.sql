-- Parcels that left a warehouse: carrier, tracking number, and when.
{{ united('parcels') }}
