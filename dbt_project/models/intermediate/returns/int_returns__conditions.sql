-- What portals call the conditions of a unit. One row per portal and condition.
{{ united('portal_conditions') }}
