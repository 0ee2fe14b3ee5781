"""What was changed by hand, and what changed in the folder."""

from core.datasets.editing import exclude, relabel, rename_class


def changes(visit, **query):
    return visit("dataset", view="Changes", **query)


def test_nothing_was_changed_yet(visit, pets):
    page = changes(visit)
    assert "Nothing was changed by hand." in page.words
    assert "Undo" not in page.buttons
    assert page.at.dataframe[0].value["name"].tolist() == ["cats", "dogs"]


def test_changes_are_listed_newest_first_and_any_is_undone(visit, pets):
    relabel(pets, ["cats/0.png", "cats/1.png"], "*wolves*")
    exclude(pets, ["dogs/0.png"], why="blurred <i>")
    page = changes(visit)
    words = page.words
    assert words.index("1 image excluded: blurred <i>") < words.index("2 images relabelled “*wolves*”")
    assert "“*wolves*”" not in page.source
    page.at.button(key="undo_1").click()
    page.run()
    assert "*wolves*" not in pets.class_names
    assert "relabelled" not in page.words
    assert "1 image excluded" in page.words


def test_a_change_that_another_tab_undid_is_no_fault(visit, pets):
    exclude(pets, ["dogs/0.png"])
    page = changes(visit)
    pets.edits.undo()
    page.at.button(key="undo_1").click()
    page.run()
    assert "Nothing was changed by hand." in page.words


def test_a_renamed_class_stands_in_the_table(visit, pets):
    rename_class(pets, "dogs", "hounds $x$")
    page = changes(visit)
    assert page.at.dataframe[0].value["name"].tolist() == ["cats", "hounds $x$"]
    assert "Class “dogs” renamed “hounds $x$”" in page.words


def test_a_folder_without_changes(visit, pets, tmp_path):
    page = changes(visit)
    assert str(tmp_path / "sources" / "pets") in page.words
    assert "Nothing has changed." in page.press("Look for changed files").words


def test_files_that_came_and_went_are_counted_and_read_in(visit, pets, tmp_path, write_picture, launched):
    folder = tmp_path / "sources" / "pets"
    (folder / "cats" / "0.png").unlink()
    for number in range(20, 23):
        write_picture(folder / "dogs" / f"{number}.png")
    page = changes(visit).press("Look for changed files")
    assert "3 new, 1 gone, 0 changed." in page.words
    page.press("Read them in")
    assert launched == [("core.datasets.importing", "pets")]
    assert "40 images in 2 classes" in page.words, "what was known is in use until the new is read"


def test_a_folder_that_is_gone_is_said_to_be(visit, pets, tmp_path):
    (tmp_path / "sources" / "pets").rename(tmp_path / "sources" / "elsewhere")
    (error,) = changes(visit).press("Look for changed files").errors
    assert "pets" in error


def test_strangers_see_no_folder_of_the_server(visit, hosted, workspace, pets, tmp_path):
    pets.folder.parent.mkdir(parents=True, exist_ok=True)
    tab = visit("home")
    (workspace.root / "visitors" / tab.at.session_state["visitor"] / "datasets").mkdir(parents=True, exist_ok=True)
    pets.folder.rename(workspace.root / "visitors" / tab.at.session_state["visitor"] / "datasets" / "pets")
    page = tab.open("dataset", dataset="pets", view="Changes")
    assert "Names and order of the classes" in page.words
    assert str(tmp_path) not in page.words
    assert "Look for changed files" not in page.buttons
