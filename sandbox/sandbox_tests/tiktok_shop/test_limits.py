"""Token buckets."""

from __future__ import annotations

from sandbox.tiktok_shop.limits import Buckets


def test_bucket_gives_a_seconds_worth_and_refills() -> None:
    buckets = Buckets()
    assert [buckets.take(("a",), 3, now=0) for _ in range(4)] == [True, True, True, False]
    assert buckets.take(("a",), 3, now=0.4)
    assert not buckets.take(("a",), 3, now=0.5)


def test_buckets_do_not_share() -> None:
    buckets = Buckets()
    assert buckets.take(("a",), 1, now=0)
    assert buckets.take(("b",), 1, now=0)
    assert not buckets.take(("a",), 1, now=0)
