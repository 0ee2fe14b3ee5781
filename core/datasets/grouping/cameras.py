"""Which photographs were taken by one camera, or by it within a minute of each other."""

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from core.images.camera import camera_of

CAMERA, MOMENT = "camera", "moment"
CAMERA_RULES = (CAMERA, MOMENT)
COLUMNS = ["path", "camera", "taken"]
# Most sets have lost what cameras wrote: then that is known after so many files.
TRIED = 200
SECONDS_APART = 60
FEWEST_GROUPS, LARGEST_SHARE = 5, 0.2


def read_cameras(root: Path, paths: Sequence[str]) -> pd.DataFrame:
    """What cameras wrote into files: a row with `path`, `camera` and `taken` for each that tells its camera.

    Where none of two hundred files tells it, the others are not looked into.
    """
    order = np.random.default_rng(0).permutation(len(paths))
    first, rest = ([paths[int(row)] for row in part] for part in (order[:TRIED], order[TRIED:]))
    rows = _told(root, first)
    if rows:
        rows += _told(root, rest)
    return pd.DataFrame(sorted(rows), columns=COLUMNS, dtype="str")


def _told(root: Path, paths: Sequence[str]) -> list[tuple[str, str, str]]:
    found = ((path, *camera_of(os.path.join(root, path))) for path in paths)
    return [each for each in found if each[1]]


def camera_groups(cameras: pd.DataFrame, paths: Sequence[str], rule: str) -> list[str]:
    """The group of each path by a rule of `CAMERA_RULES`, "" where its file tells nothing.

    By "camera", photographs of one camera belong together; by "moment", those of one camera each of which was taken at
    most a minute after the one before it.
    """
    if rule == MOMENT:
        cameras = cameras[cameras["taken"] != ""]
    names = cameras["camera"] if rule == CAMERA else _moments(cameras)
    return pd.Series(names.to_numpy(), index=cameras["path"], dtype="str").reindex(paths).fillna("").tolist()


def _moments(cameras: pd.DataFrame) -> pd.Series:
    ordered = cameras.sort_values(["camera", "taken"], kind="stable")
    taken = pd.to_datetime(ordered["taken"], format="%Y-%m-%d %H:%M:%S", errors="coerce")
    gap = taken.diff().dt.total_seconds()
    begins = (ordered["camera"] != ordered["camera"].shift()) | ~(gap <= SECONDS_APART)
    # Each is called by the time of the first of them.
    start = ordered["taken"].where(begins).ffill()
    return (ordered["camera"] + ", " + start).reindex(cameras.index)


def suspected_camera_rule(cameras: pd.DataFrame, paths: Sequence[str]) -> str:
    """The rule by which enough photographs clearly belong together; "" where none does.

    Cameras count where there are five or more and none took more than a fifth of the images; moments, where at least
    half of the images share theirs with another.
    """
    for rule, shared_at_least in ((CAMERA, 0.9), (MOMENT, 0.5)):
        sizes = pd.Series([group for group in camera_groups(cameras, paths, rule) if group]).value_counts()
        if len(sizes) < FEWEST_GROUPS or sizes.iloc[0] > LARGEST_SHARE * len(paths):
            continue
        if sizes[sizes > 1].sum() >= shared_at_least * len(paths):
            return rule
    return ""
