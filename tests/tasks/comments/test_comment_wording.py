"""An edit keeps to the contract's rules for a comment."""

from termpost.tasks.comments.wording import broken_rules, said_of


def test_an_edit_keeps_to_what_the_contract_says_of_a_comment() -> None:
    texts = ["x" * 2000, "x" * 2001, "plain – ñ\n数", "<b>bold</b>", "Hello {{name}}", "turned \u202e", "a < b & c"]
    found = broken_rules(texts)
    assert found == [
        (1, "comment-too-long"), (3, "comment-markup"), (4, "comment-markup"), (5, "comment-markup"),
    ]  # fmt: skip
    assert broken_rules([]) == []
    for _, rule in found:
        assert all(said_of(rule))
