"""Parts: the answers to some of many images in a file each, so that a stop or a crash loses no more than one."""

from pathlib import Path

import numpy as np
import pandas as pd

from core.files import replacing
from core.prediction.answers import Answers

IMAGES_PER_PART = 256


def save_part(path: Path, answers: Answers, as_of: str) -> None:
    """Write the answers to some images, whole or not at all.

    Parameters
    ----------
    as_of
        What tells the weights by which the run answered from others that it may have later.
    """
    unread = list(answers.problems)
    table = pd.DataFrame({"name": [*answers.names, *unread]}, dtype="str")
    table["problem"] = pd.array([*[""] * len(answers), *answers.problems.values()], dtype="str")
    table["farther_than"] = _padded(answers.farther_than, len(unread))
    # A class may be called anything, so that its name can't be the name of a column.
    probabilities = _padded(answers.probabilities, len(unread)).astype(np.float32)
    columns = [f"p{index}" for index in range(len(answers.class_names))]
    table = pd.concat([table, pd.DataFrame(probabilities, columns=columns)], axis=1)
    table["unlike"] = np.concatenate([answers.unlike, np.zeros(len(unread), dtype=bool)])
    facts = {"class_names": list(answers.class_names), "temperature": answers.temperature, "as_of": as_of}
    table.attrs = facts
    with replacing(path) as temporary:
        table.to_parquet(temporary, index=False)


def load_part(path: Path, as_of: str | None = None) -> Answers | None:
    """What `save_part` wrote; None where there is nothing, it is damaged, or by other weights than `as_of` says."""
    try:
        with path.open("rb") as file:  # from a path, Arrow takes folders such as "run=1" for columns
            table = pd.read_parquet(file)
        facts = table.attrs
        if as_of is not None and facts["as_of"] != as_of:
            return None
        read = table[table["problem"] == ""]
        unread = table[table["problem"] != ""]
        columns = [f"p{index}" for index in range(len(facts["class_names"]))]
        return Answers(
            tuple(read["name"]),
            read[columns].to_numpy(dtype=np.float64),
            tuple(facts["class_names"]),
            facts["temperature"],
            read["farther_than"].to_numpy(dtype=np.float64),
            read["unlike"].to_numpy(dtype=bool),
            dict(zip(unread["name"], unread["problem"], strict=True)),
        )
    except Exception:  # a damaged parquet fails in any of Arrow's many ways; it is worked out once more
        return None


def _padded(values: np.ndarray, count: int) -> np.ndarray:
    """The values with `count` more rows of what is not known."""
    return np.concatenate([values, np.full((count, *values.shape[1:]), np.nan)])
