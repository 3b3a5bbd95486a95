from sandbox.world.draw import Draw, digits


def test_the_same_name_draws_the_same_numbers():
    one, two = Draw(1, "order", 17), Draw(1, "order", 17)
    assert [one.below(1000) for _ in range(20)] == [two.below(1000) for _ in range(20)]
    assert digits("57", 1, "a") == digits("57", 1, "a")


def test_another_seed_or_name_draws_others():
    seen = {tuple(Draw(*name).below(10**6) for _ in range(1)) for name in ((1, "a"), (2, "a"), (1, "b"))}
    assert len(seen) == 3


def test_chances_come_out_about_as_often_as_asked():
    hits = sum(Draw("chance", n).happens(250) for n in range(4000))
    assert 900 < hits < 1100
    picks = [Draw("weights", n).weighted((1, 0, 3)) for n in range(4000)]
    assert picks.count(1) == 0
    assert 2850 < picks.count(2) < 3150


def test_ids_are_decimal_of_the_asked_length():
    id = digits("749", "x", length=19)
    assert len(id) == 19
    assert id.startswith("749")
    assert id.isdigit()
