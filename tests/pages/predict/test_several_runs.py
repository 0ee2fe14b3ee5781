"""The answers of several runs beside each other."""

import numpy as np

from core.prediction.answers import Answers
from pages.predict.several_runs import agreement, side_by_side


def answers(**shares):
    probabilities = np.array([[share, 1 - share] for share in shares.values()])
    unknown = np.full(len(shares), np.nan)
    return Answers(tuple(shares), probabilities, ("cats", "dogs"), 1.0, unknown, np.isnan(unknown) & False)


def test_they_agree_where_all_give_the_same_answer():
    found = agreement({"one": answers(a=0.9, b=0.6), "two": answers(a=0.8, b=0.3)})
    assert found.to_dict() == {"a": True, "b": False}


def test_what_one_could_not_read_is_not_agreed_on():
    both = {"one": answers(a=0.9, b=0.6), "two": answers(a=0.8)}
    assert agreement(both).to_dict() == {"a": True, "b": False}
    assert side_by_side(both)["two"].fillna("").to_dict() == {"a": "80 % cats", "b": ""}
