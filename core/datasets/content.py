"""What a dataset holds at one moment: its images with labels, edits applied, and the part of the split each is in."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property

import numpy as np
import pandas as pd

from core.datasets.alike.scenes import copies_within, scenes
from core.datasets.edits import State
from core.datasets.grouping.cameras import CAMERA_RULES, COLUMNS, camera_groups, suspected_camera_rule
from core.datasets.grouping.groups import Grouping, group_numbers, merge, refuse_one_group
from core.datasets.grouping.naming import NamingHabit, find_naming_habit
from core.datasets.sources.found import natural_order
from core.datasets.splits import SPLITS, SplitSettings, draw_splits
from core.errors import UsageError, WorkbenchError
from core.images.reading_settings import AS_USUAL, Reading

VERSION_LENGTH, READING_LENGTH = 12, 6


class Content:
    """The images of a dataset, as they are by its manifest, its edits and its split.

    It never changes; a dataset that was changed has another one. Don't change its tables: others are looking at them.

    Parameters
    ----------
    manifest
        The index: see `core.datasets.index.COLUMNS`, with `cluster` and `unlikeness`.
    edits
        What all edits come to.
    settings
        How the images are divided.
    parts
        By the hash of the pixels, the part of the split that an image was put in when it was first divided.
    reading
        How deep values and many bands become red, green and blue.
    read_more
        Reads columns of the index that the manifest here lacks because they are large: see `small_pictures`.
    read_cameras
        Reads what `core.datasets.grouping.cameras.read_cameras` found.
    """

    def __init__(
        self,
        manifest: pd.DataFrame,
        edits: State,
        settings: SplitSettings,
        parts: Mapping[str, str],
        reading: Reading = AS_USUAL,
        read_more: Callable[[Sequence[str]], pd.DataFrame] | None = None,
        read_cameras: Callable[[], pd.DataFrame] | None = None,
    ):
        self.manifest, self.edits, self.settings, self.parts = manifest, edits, settings, parts
        self.reading, self._read_more, self._read_cameras = reading, read_more, read_cameras
        self._groupings: dict[str, tuple[list[str], Grouping]] = {}

    @cached_property
    def table(self) -> pd.DataFrame:
        """All images that can be read and have a label, with `label` as edited, `original_label`, and `excluded`.

        `excluded` is True for those that were taken out by hand; `reason` says why. Of images that are near copies of
        so many others that they show one scene, `cluster` is of those that hardly differ and `scene` of all of them;
        see `core.datasets.alike.scenes`.
        """
        return self._with_scenes(self._edited[self._edited["label"] != ""].reset_index(drop=True))

    @cached_property
    def unlabelled(self) -> pd.DataFrame:
        """The images without a label that were not excluded: they are not trained on, and wait to be predicted."""
        waiting = (self._edited["label"] == "") & ~self._edited["excluded"]
        return self._edited[waiting].reset_index(drop=True)

    @cached_property
    def excluded(self) -> pd.DataFrame:
        """The images that were taken out by hand, with and without a label."""
        return self._edited[self._edited["excluded"]].reset_index(drop=True)

    @cached_property
    def _edited(self) -> pd.DataFrame:
        """All images that can be read, by the manifest and the edits."""
        table = self.manifest[self.manifest["problem"] == ""].reset_index(drop=True)
        table = table.assign(original_label=table["label"], excluded=False, reason="", reviewed=False)
        table["reason"] = table["reason"].astype("str")
        if self.edits.names:
            table["label"] = table["label"].replace(self.edits.names)
        if self.edits.labels:
            labels = _for_rows(table, self.edits.labels)
            table["label"] = labels.fillna(table["label"])
            table["reviewed"] = labels.notna()
            table["given_split"] = _given_to_labelled(table)
        if self.edits.excluded:
            reasons = _for_rows(table, self.edits.excluded)
            table["excluded"], table["reason"] = reasons.notna(), reasons.fillna("")
        return table

    def _with_scenes(self, table: pd.DataFrame) -> pd.DataFrame:
        """The table with `scene`, the clusters as they were found, and in `cluster` only the copies within a scene."""
        table = table.assign(scene=table["cluster"])
        rows = np.flatnonzero(scenes(table["cluster"].to_numpy(), table["label"].to_numpy(dtype=str)))
        pictures = self.small_pictures(table.iloc[rows]) if len(rows) else None
        if pictures is None:
            return table
        cluster = table["cluster"].to_numpy(copy=True)
        within = np.unique(np.column_stack([cluster[rows], copies_within(*pictures)]), axis=0, return_inverse=True)[1]
        cluster[rows] = cluster.max() + 1 + within.ravel()
        return table.assign(cluster=cluster)

    @property
    def split_problem(self) -> str:
        """Why the images can't be divided by the settings any more, in words; "" where they can."""
        return self._division[1]

    @property
    def images(self) -> pd.DataFrame:
        """The images that take part, with the `split` that each is in; all train where they can't be divided."""
        return self._division[0]

    @cached_property
    def _division(self) -> tuple[pd.DataFrame, str]:
        """Both together, worked out once."""
        try:
            return self._divided_by_own_settings, ""
        except UsageError as error:
            return self._taking_part().assign(split="train"), str(error)

    @cached_property
    def class_names(self) -> tuple[str, ...]:
        """The classes: those that were put in order first, the others in natural order."""
        labels = set(self.table.loc[~self.table["excluded"], "label"].unique())
        first = [label for label in dict.fromkeys(self.edits.order) if label in labels]
        return (*first, *sorted(labels.difference(first), key=natural_order))

    def labels_in_files(self, name: str) -> list[str]:
        """What the files call a class that has this name now: one label, or several that came to one name."""
        called = self.edits.names
        return sorted(label for label in self._file_labels if called.get(label, label) == name)

    @cached_property
    def _file_labels(self) -> frozenset[str]:
        return frozenset(self.manifest["label"].unique()) - {""}

    @cached_property
    def first_names(self) -> dict[str, str]:
        """By the name of a class, one that no renaming changes: what its files, or whoever made it, called it first."""
        found: dict[str, str] = {}
        for name in self.class_names:
            written = self.labels_in_files(name) or [label for label, now in self.edits.names.items() if now == name]
            first = min(written or [name], key=natural_order)
            # A class made by hand may be called what the files call another one.
            found[name] = first if first not in found.values() else f"\x01{name}"
        return found

    @cached_property
    def network_classes(self) -> tuple[str, ...]:
        """The classes in the order in which networks answer them, which neither renaming nor reordering changes.

        A network that is trained again after nothing but names was changed so comes out the same.
        """
        return tuple(sorted(self.class_names, key=lambda name: natural_order(self.first_names[name])))

    @cached_property
    def counts(self) -> pd.DataFrame:
        """Images per class (rows) and part of the split (columns)."""
        return self.count(self.images)

    def count(self, images: pd.DataFrame) -> pd.DataFrame:
        table = pd.crosstab(images["label"], images["split"])
        return table.reindex(index=list(self.class_names), columns=list(SPLITS), fill_value=0)

    def divided(self, settings: SplitSettings, afresh: bool = False) -> pd.DataFrame:
        """The images that take part, with a column `split` drawn by these settings.

        Parameters
        ----------
        afresh
            Draw anew even where these are the dataset's own settings. Otherwise no image leaves the part that it was
            put in when it was first divided.

        Raises
        ------
        UsageError
            If they can't be divided so.
        """
        if settings == self.settings and not afresh:
            return self._divided_by_own_settings
        return self._divide(settings, afresh)

    @cached_property
    def _divided_by_own_settings(self) -> pd.DataFrame:
        """Once for all who ask: dividing a hundred thousand images takes a quarter of a second."""
        return self._divide(self.settings, afresh=False)

    def _divide(self, settings: SplitSettings, afresh: bool) -> pd.DataFrame:
        images = self._taking_part()
        fixed = None
        if settings == self.settings and not settings.folds and self.parts and not afresh:
            fixed = images["pixel_hash"].map(self.parts).fillna("").to_numpy(dtype=str)
        labels, identities, given = (
            images[column].to_numpy(dtype=str) for column in ("label", "pixel_hash", "given_split")
        )
        grouping = self.grouping(images, settings.group_by)
        if "test" not in given:
            refuse_one_group(images["path"].tolist(), settings.group_by, grouping)
        groups = self._with_near_copies(images, grouping, settings)
        first = images["label"].map(self.first_names).to_numpy(dtype=str) if self.edits.names else None
        parts = draw_splits(labels, identities, given, settings, groups, fixed, first)
        return images.assign(split=parts.astype(object))

    def _taking_part(self) -> pd.DataFrame:
        return self.table[~self.table["excluded"]].drop(columns=["excluded", "reason"]).reset_index(drop=True)

    def groups(self, images: pd.DataFrame, settings: SplitSettings) -> np.ndarray:
        """By number, which images these settings keep on one side: (n,) array of int."""
        return self._with_near_copies(images, self.grouping(images, settings.group_by), settings)

    def grouping(self, images: pd.DataFrame, group_by: str) -> Grouping:
        """Which images belong together by a rule; see `core.datasets.grouping.groups.group_numbers`.

        Raises
        ------
        UsageError
            If the rule can't be followed.
        """
        paths = images["path"].tolist()
        # The split, the check-up and the page ask about the same images: a hundred thousand names take half a second.
        known, grouping = self._groupings.get(group_by, ((), None))
        if grouping is None or known != paths:
            column = images["given_group"].tolist()
            if group_by in CAMERA_RULES:
                column = camera_groups(self.cameras, paths, group_by)
            grouping = group_numbers(paths, column, group_by)
            self._groupings = {group_by: (paths, grouping)}
        return grouping

    @cached_property
    def cameras(self) -> pd.DataFrame:
        """Camera and time of those images whose files tell: see `core.datasets.grouping.cameras.read_cameras`."""
        return pd.DataFrame(columns=COLUMNS, dtype="str") if self._read_cameras is None else self._read_cameras()

    @staticmethod
    def _with_near_copies(images: pd.DataFrame, grouping: Grouping, settings: SplitSettings) -> np.ndarray:
        if not settings.near_duplicates_together:
            return grouping.numbers
        return merge(grouping.numbers, images["cluster"].to_numpy())

    @cached_property
    def suspected_group_by(self) -> NamingHabit:
        """The rule by which images probably belong together, whatever the split does: by table, names or cameras."""
        images = self.images
        named = images.loc[images["given_group"] != "", ["given_group", "label"]]
        # A column that says the same of all, or the class once more, names no groups.
        says_more = len(named.drop_duplicates()) > named["label"].nunique() and named["given_group"].nunique() > 1
        if says_more and named["given_group"].duplicated().any():
            return NamingHabit("column")
        paths = images["path"].tolist()
        found = find_naming_habit(paths, images["label"].tolist())
        return found if found.pattern else NamingHabit(suspected_camera_rule(self.cameras, paths))

    def small_pictures(self, images: pd.DataFrame) -> tuple[np.ndarray, np.ndarray] | None:
        """Small grey pictures and colours of these images, as `core.images.fingerprint` makes them, 0..255.

        Returns
        -------
        tuple of two (n, …) arrays of uint8, or None
            None where the index has them no more, or of another picture.
        """
        if self._read_more is None or images.empty:
            return None
        try:
            table = self._read_more(["path", "pixel_hash", "grey", "colours"]).set_index("path")
            rows = table.loc[images["path"]]
        except (WorkbenchError, KeyError):
            return None
        if not np.array_equal(rows["pixel_hash"].to_numpy(), images["pixel_hash"].to_numpy()):
            return None
        greys, colours = (
            np.frombuffer(b"".join(rows[name]), np.uint8).reshape(len(rows), -1) for name in ("grey", "colours")
        )
        return greys, colours

    @property
    def version(self) -> str:
        """A short name of this very state: images, labels and split, and how deep pixels are read."""
        return self.version_read_by(self.reading)

    def version_read_by(self, reading: Reading) -> str:
        """The version of the same images, labels and split, as it is where deep pixels are read so."""
        if reading.is_default:
            return self._images_version
        return f"{self._images_version}-{hashlib.sha256(reading.key.encode()).hexdigest()[:READING_LENGTH]}"

    @cached_property
    def _images_version(self) -> str:
        columns = (self.images[name].tolist() for name in ("path", "pixel_hash", "label", "split"))
        lines = "\n".join(map("\t".join, zip(*columns, strict=True)))
        return hashlib.sha256(lines.encode("utf-8", "surrogatepass")).hexdigest()[:VERSION_LENGTH]

    @property
    def brings_split(self) -> bool:
        """Whether the images came already divided into train, validation or test."""
        return bool((self.table["given_split"] != "").any())

    @property
    def unreadable(self) -> pd.DataFrame:
        """The files that could not be used: path and problem."""
        return self.manifest.loc[self.manifest["problem"] != "", ["path", "problem"]]

    def identities(self, paths: Sequence[str]) -> dict[str, str]:
        """By path, the hash of the pixels, of those paths that are images of the dataset."""
        table = self._edited[["path", "pixel_hash"]]
        chosen = table[table["path"].isin(list(paths))]
        return dict(zip(chosen["path"], chosen["pixel_hash"], strict=True))


def images_version(version: str | None) -> str | None:
    """What a version says of images, labels and split alone, however deep pixels are read."""
    return version if version is None else version.partition("-")[0]


def _given_to_labelled(table: pd.DataFrame) -> pd.Series:
    """The parts that images came in, without those that none came in with a label.

    A folder of test images whose answers are secret is no test set yet when a few of them were labelled by hand: they
    are divided like the others.
    """
    parts = set(table.loc[table["original_label"] != "", "given_split"])
    labelled_by_hand = (table["original_label"] == "") & (table["label"] != "")
    return table["given_split"].mask(labelled_by_hand & ~table["given_split"].isin(parts), "")


def _for_rows(table: pd.DataFrame, values: Mapping[tuple[str, str], str]) -> pd.Series:
    """The value for each row by its path and hash, missing where there is none."""
    keys = pd.MultiIndex.from_arrays([table["path"], table["pixel_hash"]])
    lookup = pd.Series(values, dtype="str")
    return lookup.reindex(keys).set_axis(table.index)
