"""What of a prompt box is on its way to the disk, and where it stands meanwhile."""

from salon.ui.flights import Flights


def test_what_was_typed_behind_a_prompt_on_its_way_is_the_rest() -> None:
    flights = Flights()
    flights.start("one")
    assert flights.rest("onetwo") == "two"
    flights.start("two")
    assert flights.rest("onetwo") == ""
    assert flights.land("onetwo", "two") == (3, 6)
    assert flights.land("one", "one") == (0, 3)
    assert not flights


def test_a_refused_prompt_belongs_to_the_box_again() -> None:
    flights = Flights()
    flights.start("one")
    flights.refuse("one")
    assert flights.rest("one more") == "one more"


def test_a_prompt_behind_a_refused_one_is_found() -> None:
    flights = Flights()
    flights.start("one")
    flights.start("two")
    flights.refuse("one")
    assert flights.land("onetwo", "two") == (3, 6)


def test_a_prompt_that_was_changed_on_its_way_is_a_new_one() -> None:
    flights = Flights()
    flights.start("one")
    assert flights.rest("On") == "On"
    assert flights.land("On", "one") is None
