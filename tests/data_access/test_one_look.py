"""What stays as it is while a page is drawn is looked at once."""

from data_access.one_look import look_again, once, one_look

LOOKS: list[int] = []


def look() -> int:
    LOOKS.append(len(LOOKS))
    return len(LOOKS)


def test_every_look_counts_but_within_one() -> None:
    LOOKS.clear()
    assert [once("rules", look) for _ in range(2)] == [1, 2]
    with one_look():
        assert [once("rules", look) for _ in range(2)] == [3, 3]
        look_again()
        assert once("rules", look) == 4
    assert once("rules", look) == 5
