"""Several questions side by side: order, how many, and what happens to those that fail."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from harvest.overlap import answers, overlapped
from kb.errors import ServiceFailed


def failing(number: int) -> int:
    if number == 3:
        raise ServiceFailed("http://x/: no", why="no")
    return number * number


def test_each_item_comes_with_its_answer_once() -> None:
    pairs = list(overlapped(lambda number: number * number, range(50), 4))
    assert sorted(pairs) == [(number, number * number) for number in range(50)]


def test_no_items_no_questions() -> None:
    assert list(overlapped(failing, [], 4)) == []


def test_answers_come_in_the_order_in_which_they_are_given() -> None:
    second_is_done = threading.Event()

    def ask(name: str) -> str:
        if name == "first":
            assert second_is_done.wait(10)
        return name.upper()

    pairs = overlapped(ask, ["first", "second"], 2)
    assert next(pairs) == ("second", "SECOND")
    second_is_done.set()
    assert list(pairs) == [("first", "FIRST")]


def test_no_more_than_so_many_are_under_way_and_none_is_drawn_before_it_has_a_place() -> None:
    drawn: list[int] = []
    lock = threading.Lock()
    under_way = most = 0

    def items() -> Iterator[int]:
        for number in range(12):
            drawn.append(number)
            yield number

    def ask(number: int) -> int:
        nonlocal under_way, most
        with lock:
            under_way += 1
            most = max(most, under_way)
        with lock:
            under_way -= 1
        return number

    pairs = overlapped(ask, items(), 3)
    next(pairs)
    assert len(drawn) == 3
    assert len(list(pairs)) == 11
    assert most <= 3


def test_a_service_that_fails_is_told_beside_the_others() -> None:
    pairs = dict(overlapped(failing, range(6), 2))
    assert isinstance(pairs[3], ServiceFailed)
    assert {number: pairs[number] for number in (0, 1, 2, 4, 5)} == {0: 0, 1: 1, 2: 4, 4: 16, 5: 25}


def test_one_that_fails_fails_all_where_all_are_needed() -> None:
    with pytest.raises(ServiceFailed, match="http://x/: no"):
        list(answers(overlapped(failing, range(6), 2)))
    assert dict(answers(overlapped(failing, range(3), 2))) == {0: 0, 1: 1, 2: 4}


def test_a_mistake_of_ours_is_raised_where_the_answers_are_taken() -> None:
    def wrong(number: int) -> float:
        return 1 / number

    with pytest.raises(ZeroDivisionError):
        list(overlapped(wrong, [1, 0], 2))


def test_who_takes_no_more_answers_leaves_no_thread_waiting() -> None:
    before = threading.active_count()
    pairs = overlapped(lambda number: number, range(100), 3)
    next(pairs)
    pairs.close()  # type: ignore[attr-defined]
    for thread in threading.enumerate():
        if thread is not threading.current_thread() and thread.daemon:
            thread.join(0.5)
    assert threading.active_count() <= before
