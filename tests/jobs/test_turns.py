"""Whose turn it is, which slots they are given, and how long it takes until then."""

import pytest

from core.jobs.turns import Ticket, in_turn, seconds_until_start, slots_given


def names(order):
    return [f"{ticket.visitor}{ticket.joined:g}" for ticket in order]


def tickets(**joined):
    return [Ticket(f"{visitor}/{time:g}", visitor, time) for visitor, times in joined.items() for time in times]


# The order of turns --------------------------------------------------------------------------------------------------


def test_one_visitors_runs_go_first_come_first_served():
    assert names(in_turn(tickets(a=[3, 1, 2]), [], {})) == ["a1", "a2", "a3"]


def test_visitors_take_turns_however_many_runs_one_of_them_queues():
    order = names(in_turn(tickets(a=range(1, 21), b=[30, 31], c=[40]), ["a"], {}))
    assert order[:6] == ["b30", "c40", "a1", "b31", "a2", "a3"]
    assert len(order) == 23


def test_who_has_gone_without_for_longest_comes_first():
    assert names(in_turn(tickets(a=[1, 2], b=[30]), [], {"a": 40.0})) == ["b30", "a1", "a2"]
    assert names(in_turn(tickets(a=[1, 2], b=[30]), [], {"a": 20.0})) == ["a1", "b30", "a2"]


def test_newcomers_without_end_do_not_keep_anyone_waiting_for_ever():
    """A visitor whose run ended at 10 is behind those who came before, and ahead of all who came later."""
    order = names(in_turn(tickets(a=[1], b=[5], c=range(11, 12), d=[12], e=[13]), [], {"a": 10.0}))
    assert order == ["b5", "a1", "c11", "d12", "e13"]


def test_a_slot_goes_to_who_holds_the_fewest():
    assert names(in_turn(tickets(a=[1], b=[2], c=[3]), ["a", "a", "b"], {})) == ["c3", "b2", "a1"]


def test_where_nobody_waits_it_is_nobodys_turn():
    assert in_turn([], ["a"], {}) == []


# How long still ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("free_in", "expected", "waits"),
    [
        ([60.0], [100.0, 10.0], [60.0, 160.0]),
        ([0.0], [100.0, 10.0], [0.0, 100.0]),
        ([60.0, 20.0], [100.0, 10.0, 5.0], [20.0, 60.0, 70.0]),
        ([None], [100.0], [None]),
        ([60.0], [None, 10.0], [60.0, None]),
    ],
)
def test_the_wait_follows_from_what_those_ahead_will_take(free_in, expected, waits, monkeypatch):
    monkeypatch.setenv("WORKBENCH_SLOT_COUNT", str(len(free_in)))
    waiting = [Ticket(f"run{number}", "anna", number, seconds) for number, seconds in enumerate(expected)]
    assert seconds_until_start(free_in, waiting) == waits


def test_the_wait_for_a_gpu_or_for_all_of_them_is_told_as_well(monkeypatch, two_gpus):
    waiting = [Ticket(gpu, "anna", number, 10.0, gpu) for number, gpu in enumerate(["7", "auto", "all", "5"])]
    assert seconds_until_start([5.0, 60.0], waiting) == [60.0, 5.0, 70.0, 80.0]


# Several at once -----------------------------------------------------------------------------------------------------


def test_several_look_at_once_and_each_is_given_what_nobody_ahead_takes(two_gpus):
    waiting = [Ticket(gpu, "anna", number, gpu=gpu) for number, gpu in enumerate(["7", "auto", "5", "all", "auto"])]
    assert slots_given(waiting, {0, 1}) == [(1,), (0,), (), (), ()]
    assert slots_given(waiting[2:], {0, 1}) == [(0,), (), ()]
    assert slots_given(waiting[3:], {0, 1}) == [(0, 1), ()]
