"""Which of folders, tables and file names says what class each image is: what is clear is taken, the rest is asked."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from core.datasets.sources.agreement import (
    are_called_as_what_is_counted,
    are_no_classes,
    differing,
    same_classes,
)
from core.datasets.sources.annotations.sidecars import find_sidecars
from core.datasets.sources.choices import FILE_NAMES, FOLDERS, Choices, Undecided
from core.datasets.sources.combining import (
    keep_split,
    labelled_by_table,
    told_from_the_folder_of,
    with_parts_of,
    with_table,
)
from core.datasets.sources.folders.class_folders import by_folders, has_class_folders
from core.datasets.sources.folders.file_names import by_names
from core.datasets.sources.found import Layout
from core.datasets.sources.label_readings import (
    LabelReading,
    TableReading,
    adds_images,
    folders_are_no_classes,
    has_unknown,
    is_rival,
    names_most,
    what_is_meant,
)
from core.datasets.sources.listing import is_inside
from core.datasets.sources.tables.beside import TablesBeside, find_tables, labels_folders, labels_images
from core.datasets.sources.tables.column_names import speaks_of_labels
from core.datasets.sources.tables.families import TableLabels
from core.datasets.sources.tables.split_lists import find_additions
from core.datasets.sources.tables.table_folders import PLAIN_TABLES, look_around
from core.datasets.sources.words import in_a_row, listed
from core.errors import UsageError

_MOST_READINGS = 12  # of a table whose columns are asked for, tried to see whether one says what the folders say


def labels_of(folder: Path, root: Path, paths: Sequence[str], choices: Choices) -> tuple[Layout, list[str]]:
    """The images of a folder with their labels, and why tables that lie there can't be used, in words.

    Folders and tables are both looked at. Where they divide the images into the same classes, the folders name these
    and the table adds its split and its groups; where one labels images that the other leaves, they add up. Where they
    differ, the table is right if it names most of the images and the folders are called after something else than
    classes, such as patients or years; else only a person can tell. File names are asked last.

    Raises
    ------
    Undecided
        If several readings are sensible, and nobody said which is meant.
    UsageError
        If what was chosen isn't there.
    """
    return _Evidence(folder, root, paths, choices).decide()


class _Evidence:
    def __init__(self, folder: Path, root: Path, paths: Sequence[str], choices: Choices):
        self._folder, self._root, self._paths, self._choices = folder, root, paths, choices
        self._places = look_around(folder, root, paths) if paths else []
        self._tables, self._used = TablesBeside(), None

    def decide(self) -> tuple[Layout, list[str]]:
        """The images with their labels, and with a split and groups that others tell where these tell none."""
        if self._paths and self._choices.labels_from != FILE_NAMES:
            self._tables = self._found(self._choices)
        layout, reasons = self._labelled()
        if not layout.split_from or not layout.groups_from:
            without = [name for name in self._tables.questions if _is_plain(name)] + self._plain_unusable()
            added = find_additions(self._folder, self._root, self._paths, self._places, without)
            had_split, layout = bool(layout.split_from), added.add_to(layout)
            if not had_split and layout.split_from:
                keep_split(layout)
            layout.warnings = [
                words for words in layout.warnings if not any(words.startswith(f"{name} beside") for name in added.used)
            ] + added.warnings
        if self._used is not None:
            layout = told_from_the_folder_of(self._used, layout, self._folder, self._root, self._paths)
        return layout, reasons

    def _found(self, choices: Choices) -> TablesBeside:
        return find_tables(self._folder, self._root, self._paths, self._places, choices)

    def _labelled(self) -> tuple[Layout, list[str]]:
        chosen = self._choices.labels_from
        if chosen == FILE_NAMES:
            return self._by_chosen_names(), []
        plain = [name for name in self._tables.unusable if _is_plain(name)]
        # A text may be anything, such as a licence; that it is no table matters where nothing else is one.
        reasons = [_reason(name, self._tables.unusable[name]) for name in plain or self._tables.unusable]
        if chosen == FOLDERS:
            layout = by_folders(self._root, self._paths, self._choices)
            return self._with_what_tables_add(
                LabelReading(layout, Choices(labels_from=FOLDERS)), self._tables.labels
            ), []
        if chosen or self._choices.label_columns or self._choices.path_column:
            return self._by_table(self._chosen_table(chosen, reasons)), reasons
        if (self._choices.split_column or self._choices.group_column) and not (
            self._tables.labels or self._tables.questions
        ):
            raise UsageError(" ".join(["No table has the columns that were chosen.", *reasons[:3]]))
        folders, question = self._folders()
        usable = [reading for reading in folders if has_class_folders(reading.layout)]
        if usable:
            return self._by_folders_or_table(usable, question), reasons
        layout = self._without_folders()
        if layout is None and len(folders[0].layout.class_names) > 1:
            raise Undecided(
                f"The folders are called {listed(folders[0].layout.class_names)}, like the volumes that a large set "
                f"comes in, and nothing else that can be used says what the images show. {' '.join(reasons[:3])} Bring "
                "a table of labels beside them, or choose the folders.".replace("  ", " "),
                [folders[0].option],
            )
        return layout or folders[0].layout, [*self._of_one_label(), *reasons]

    # What was chosen --------------------------------------------------------------------------------------------------

    def _by_chosen_names(self) -> Layout:
        layout = by_names(self._root, list(self._paths))
        if layout is None:
            raise UsageError("The names of the files don't begin with labels, as cat.0.jpg and dog.1.jpg do.")
        return layout

    def _chosen_table(self, chosen: str, reasons: Sequence[str]) -> TableLabels:
        tables = self._tables
        for one in tables.labels:
            if chosen in one.names or not chosen:
                if one.problem is not None:
                    raise one.problem
                return one
        for name, question in tables.questions.items():
            if chosen in (name, ""):
                raise question
        if chosen in tables.unusable and (self._folder / chosen).is_file():
            raise UsageError(_reason(chosen, tables.unusable[chosen]))
        there = [name for one in tables.labels for name in one.names] + [*tables.questions]
        names = f"What is there: {in_a_row(there)}." if there else "There is no table that can be used."
        if not chosen:
            raise UsageError(" ".join(["No table has the columns that were chosen.", *reasons[:3], names]))
        raise UsageError(f"There is no table {chosen} in the folder, from which labels were to be read. {names}")

    # Folders ----------------------------------------------------------------------------------------------------------

    def _folders(self) -> tuple[list[LabelReading], Undecided | None]:
        """What the folders say: once, or once for each level that may be meant, with the question which."""
        try:
            layout = by_folders(self._root, self._paths, self._choices)
            return [LabelReading(layout, Choices(labels_from=FOLDERS))], None
        except Undecided as question:
            readings = []
            for option in question.options:
                chosen = replace(_both(self._choices, option.choices), labels_from=FOLDERS)
                layout = by_folders(self._root, self._paths, chosen)
                readings.append(LabelReading(layout, replace(option.choices, labels_from=FOLDERS)))
            if not readings:
                raise
            return readings, question

    def _by_folders_or_table(self, folders: Sequence[LabelReading], question: Undecided | None) -> Layout:
        readings = [TableReading(one.layout, one.choice, one) for one in self._tables.labels if one.problem is None]
        readings += self._readings_of_asked_tables()
        for by_folder in folders:
            labels = by_folder.labels
            for by_table in readings:
                names = same_classes(labels, by_table.labels)
                if names and len(names) > 1 and names_most(by_table, self._paths):
                    if not (folders_are_no_classes(by_folder, by_table) or has_unknown(by_folder, by_table, names)):
                        if by_table.question is not None and by_table.choices.split_column:
                            raise by_table.question  # whichever is chosen, the classes are the same
                        return self._with_what_tables_add(by_folder, [by_table.tables])
                elif names is not None and adds_images(by_folder, by_table, names, self._paths):
                    return self._with_what_tables_add(by_folder, [by_table.tables])
        rivals = [one for one in readings if is_rival(one, self._paths)]
        clear = [one for one in rivals if all(folders_are_no_classes(by_folder, one) for by_folder in folders)]
        certain = [one.tables for one in clear if one.question is None]
        if certain and len(clear) == len(rivals):
            return self._by_table(self._best(certain), folders[0])
        asked = [one.question for one in clear if one.question is not None]
        if asked and len(clear) == len(rivals):
            raise asked[0]
        rivals = [one for one in rivals if one in clear or one.question is None or _speaks_of_labels(one.question)]
        if rivals:
            raise what_is_meant(folders, rivals)
        if question is not None:
            raise question
        self._refuse_to_guess(folders[0])
        return self._with_notes(folders[0].layout, readings)

    def _refuse_to_guess(self, folders: LabelReading) -> None:
        """Ask whether the folders are the classes where a table that can't be used makes it doubtful.

        Raises
        ------
        Undecided
            If they are called after patients, years and the like, or the table labels each of them.
        """
        names = folders.layout.class_names
        unusable = {name: _reason(name, self._tables.unusable[name]) for name in self._meant_unusable()}
        labelling = [name for name in unusable if labels_folders(self._folder / name, names)]
        if labelling:
            name = labelling[0]
            doubt = f"{name} speaks of them, has labels, and can't be used for the images. {unusable[name].rstrip('.')}"
        elif unusable and are_no_classes(names, {}, {}):
            name, why = next(iter(unusable.items()))
            doubt = f"such folders are no classes as a rule, and {name} beside them can't be used. {why.rstrip('.')}"
        elif naming := [name for name in unusable if labels_images(self._folder / name, self._paths)]:
            name = naming[0]
            doubt = f"{name} names images, has labels, and can't be used. {unusable[name].rstrip('.')}"
        elif are_called_as_what_is_counted(names):
            doubt = "such folders are no classes as a rule, and nothing else here says what the images show"
        else:
            return
        raise Undecided(
            f"The folders are called {listed(names)}; {doubt}. Put it right, or choose the folders.", [folders.option]
        )

    def _readings_of_asked_tables(self) -> list[TableReading]:
        """What tables would say whose columns are asked for, once for each answer."""
        readings: list[TableReading] = []
        for name, question in self._tables.questions.items():
            if any(name in reading.tables.names for reading in readings):
                continue  # asked of another table of its kind
            for option in question.options[:_MOST_READINGS]:
                chosen = _both(self._choices, option.choices)
                tables = self._found(chosen).labels
                read = [one for one in tables if name in one.names]
                readings += [TableReading(one.layout, option.choices, one, question) for one in read]
        return readings

    def _with_notes(self, layout: Layout, readings: Sequence[TableReading]) -> Layout:
        """Folders alone, and what is to be known of the tables that were not used."""
        for one in [one for one in readings if one.question is None]:
            count, classes = len(one.layout.images), one.layout.class_names
            if len(classes) < 2:
                why = f"it gives {count:,} images the label “{classes[0]}”" if classes else "it gives no labels"
            elif names_most(one, self._paths):
                why = f"it gives {len(classes):,} labels to {count:,} images"
            else:
                why = f"it names {count:,} of {len(self._paths):,} images"
            layout.warnings.append(f"{one.tables.called} beside the images was not used: {why}.")
        for name, question in self._tables.questions.items():
            layout.warnings.append(
                f"{name} beside the images was not used: {question.question} If it holds the labels, choose "
                f"{Choices(labels_from=name).to_options()}."
            )
        layout.warnings += self._unusable()
        return layout

    # Folders and tables together --------------------------------------------------------------------------------------

    def _with_what_tables_add(self, by_folder: LabelReading, tables: Sequence[TableLabels]) -> Layout:
        """The images as the folders label them, with the split, the groups and further images that tables tell."""
        layout = by_folder.layout
        for table in tables:
            names = same_classes(by_folder.labels, {image.path: image.label for image in table.layout.images})
            layout = with_table(layout, table, names, self._root, self._paths)
        return layout

    # Tables -----------------------------------------------------------------------------------------------------------

    def _without_folders(self) -> Layout | None:
        """What tables or file names say where folders say nothing; None where they say nothing either."""
        readings = [TableReading(one.layout, one.choice, one) for one in self._tables.labels]
        sound = [one for one in readings if len(one.layout.class_names) > 1]
        naming_most = [one.tables for one in sound if names_most(one, self._paths)]
        if naming_most:
            return self._by_table(self._best(naming_most))
        by_name = by_names(self._root, list(self._paths))
        if self._tables.questions and not sound:
            question = max(self._tables.questions.values(), key=_speaks_of_labels)
            if by_name is None:
                raise question
            named = LabelReading(by_name, Choices(labels_from=FILE_NAMES))
            raise Undecided(question.question, [*question.options, named.option], question.table)
        if by_name is None and sound:
            return self._by_table(self._best([one.tables for one in sound]))
        return self._with_notes(by_name, readings) if by_name else find_sidecars(self._root, self._paths, self._choices)

    def _best(self, tables: Sequence[TableLabels]) -> TableLabels:
        """The tables that name the most images, with what others that agree say of split and groups.

        Raises
        ------
        Undecided
            If others label the same images otherwise.
        """
        best = max(tables, key=lambda one: (len(one.layout.images), bool(one.layout.split_from)))
        if best.problem is not None:
            raise best.problem
        labels = {image.path: image.label for image in best.layout.images}
        for other in tables:
            if other is not best and same_classes(labels, _labels(other)) is None:
                readings = [TableReading(one.layout, one.choice, one) for one in (best, other)]
                differ = max(differing(labels, _labels(other)), differing(_labels(other), labels))
                shared = sum(path in labels for path in _labels(other))
                raise Undecided(
                    f"{best.called} and {other.called} label the same images differently ({differ:,} of {shared:,}). "
                    "Choose where the labels are to be read from.",
                    [reading.option for reading in readings],
                    best.names[0],
                )
            if other is not best:
                best = with_parts_of(other, best)
        return best

    def _by_table(self, table: TableLabels, folders: LabelReading | None = None) -> Layout:
        """The images as tables label them, and what else could have."""
        self._used, layout = table, labelled_by_table(table, self._root, self._paths)
        layout.warnings += self._not_used(table, folders)
        return layout

    def _not_used(self, table: TableLabels, folders: LabelReading | None) -> list[str]:
        """What would give other labels, and how to choose it."""
        warnings = []
        if folders is not None:
            warnings.append(
                f"The names of the folders ({listed(folders.layout.class_names)}) were not taken for classes. If they "
                f"are, choose {folders.choices.to_options()}."
            )
        by_name = by_names(self._root, list(self._paths)) if folders is None else None
        if by_name and same_classes({image.path: image.label for image in by_name.images}, _labels(table)) is None:
            warnings.append(
                f"The names of the files would give other labels ({listed(by_name.class_names)}). If those are meant, "
                f"choose {Choices(labels_from=FILE_NAMES).to_options()}."
            )
        could = [name for one in self._tables.labels for name in one.names if name not in table.names]
        could += [name for name in self._tables.questions if name not in table.names]
        if could:
            warnings.append(f"{in_a_row(could)} could give labels too, but {_was(could)} not used.")
        return warnings + self._unusable()

    def _of_one_label(self) -> list[str]:
        """The tables that name images here and tell no classes apart."""
        told = [(one.called, len(one.layout.images), one.layout.class_names) for one in self._tables.labels]
        return [
            f"{called} gives {count:,} images the same label, “{names[0]}”."
            for called, count, names in told
            if len(names) == 1
        ]

    def _unusable(self) -> list[str]:
        meant = [(name, why) for name, why in self._tables.unusable.items() if self._is_meant(name)]
        return [f"{name} beside the images was not used: {why}" for name, why in meant[:3]]

    def _is_meant(self, name: str) -> bool:
        """Whether a file that can't be used is a table or an annotation tool's, and no text or settings."""
        return _is_plain(name) or (name not in self._tables.unknown and not name.lower().endswith(".txt"))

    def _meant_unusable(self) -> list[str]:
        """The tables that give no labels, without links to what lies elsewhere."""
        meant = filter(self._is_meant, self._tables.unusable)
        return [name for name in meant if is_inside(self._folder / name, self._folder)]

    def _plain_unusable(self) -> list[str]:
        return list(filter(_is_plain, self._meant_unusable()))


def _labels(table: TableLabels) -> dict[str, str]:
    return {image.path: image.label for image in table.layout.images}


def _both(choices: Choices, added: Choices) -> Choices:
    """What was chosen before, and now."""
    return Choices.from_dict(choices.to_dict() | added.to_dict())


def _reason(name: str, words: str) -> str:
    """Why a table can't be used, which is told by its name without folders, with these."""
    return words if name in words else words.replace(name.rpartition("/")[2], name, 1)


def _speaks_of_labels(question: Undecided) -> bool:
    """Whether one of the columns that a question offers is called as those of labels are."""
    columns = [option.choices.label_columns for option in question.options]
    return any(not names or any(map(speaks_of_labels, names)) for names in columns)


def _is_plain(name: str) -> bool:
    return Path(name).suffix.lower() in PLAIN_TABLES


def _was(names: Sequence[str]) -> str:
    return "were" if len(names) > 1 else "was"
