from sandbox.store import Record, Store
from sandbox.world.connected import at_linnworks
from sandbox.world.connected.parcel import Parcel

NOON, HOUR, DAY = 1_767_700_800, 3600, 86_400


def put_order(store, id, state, **body):
    given = {"ShippingInfo": {"TrackingNumber": f"94{id}"}, "GeneralInfo": {"ReferenceNum": f"57{id}"}, **body}
    store.put(Record("linnworks", "orders", id, given, "", state, NOON, body.get("_closed_at", 0)))


def test_parcels_are_orders_processed_in_the_window_and_not_cancelled():
    store = Store()
    put_order(store, "1", "processed", _closed_at=NOON)
    put_order(store, "2", "processed", _closed_at=NOON, _cancelled_at=NOON)
    put_order(store, "3", "processed", _closed_at=NOON + HOUR)
    put_order(store, "4", "open")
    assert at_linnworks.parcels(store, NOON, NOON + HOUR) == [Parcel("571", ("941",), NOON)]
    store.close()


def test_what_an_order_lacks_a_day_after_it_came_in_is_counted_in_that_hour_alone():
    store = Store()
    store.put(Record("linnworks", "stock_levels", "mug.here", {"StockLevel": 3}))
    held = [{"item": "mug", "units": 2}, {"item": "mug", "units": 3}]
    put_order(store, "1", "open", _saved_at=NOON, _held=held, FulfilmentLocationId="here")
    counted = [
        at_linnworks.short_units(store, at, at + HOUR) for at in (NOON + DAY - HOUR, NOON + DAY, NOON + DAY + HOUR)
    ]
    assert counted == [0, 2, 0]
    store.close()
