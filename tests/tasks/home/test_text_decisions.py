"""What was said of a text counts for the value that it was said of, and for no other."""

from termpost.tasks.home.text_decisions import TextDecision, TextDecisions, TextPlace

ANA = TextPlace("student", "p1")
BAD, NULL, GOOD, BETTER = ("An\ufffd",), ("Null",), ("Anä",), ("Aná",)


def test_what_was_stated_is_right_for_that_value_and_what_was_stated_of_it_in_turn() -> None:
    said = TextDecisions([TextDecision(ANA, BAD, GOOD), TextDecision(ANA, GOOD, BETTER)])
    assert said.stated(ANA, BAD) == said.stated(ANA, GOOD) == BETTER
    assert said.stated(ANA, NULL) == NULL
    assert said.stated(TextPlace("class", "p1"), BAD) == BAD


def test_a_later_word_about_a_value_goes_first() -> None:
    said = TextDecisions([TextDecision(ANA, BAD, GOOD), TextDecision(ANA, BAD, BETTER)])
    assert said.stated(ANA, BAD) == BETTER
    assert TextDecisions([TextDecision(ANA, BAD, GOOD), TextDecision(ANA, BAD, None)]).stated(ANA, BAD) == BAD


def test_going_round_in_circles_ends() -> None:
    said = TextDecisions([TextDecision(ANA, GOOD, BETTER), TextDecision(ANA, BETTER, GOOD)])
    assert said.stated(ANA, GOOD) in {GOOD, BETTER}


def test_a_value_is_settled_once_it_was_accepted_or_is_what_was_stated() -> None:
    said = TextDecisions([TextDecision(ANA, NULL, None), TextDecision(ANA, BAD, GOOD)])
    assert [said.settles(ANA, value) for value in (NULL, GOOD, BAD, BETTER)] == [True, True, False, False]
    assert not said.settles(TextPlace("student", "p2"), NULL)
