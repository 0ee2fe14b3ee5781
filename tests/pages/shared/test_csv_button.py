"""Tables that a page draws itself are saved as CSV, in which no name of a class is a formula."""

import io

import pandas as pd

from pages.shared.csv_button import csv_of


def test_names_are_safe_and_numbers_are_numbers():
    names = ["=1+1", "b, c", "d"]
    table = pd.DataFrame([[1, 0, 0], [2, -3, 0], [0, 0, 5]], columns=names, index=pd.Index(names, name="true"))
    assert csv_of(table).splitlines() == ['true,\'=1+1,"b, c",d', "'=1+1,1,0,0", '"b, c",2,-3,0', "d,0,0,5"]


def test_it_comes_back():
    table = pd.DataFrame({"layer": ["conv", "dense"], "parameters": [10, 20]}).set_index("layer")
    assert pd.read_csv(io.StringIO(csv_of(table)), index_col="layer").equals(table)


def test_matrix_and_layers_have_the_button(visit, pets, trained):
    run = trained(pets)
    labels = [button.proto.label for button in visit("evaluation", run=run.id).at.main.get("download_button")]
    assert labels == ["CSV"]
    page = visit("model", dataset="pets")
    page.at.session_state["table_rows_pets"] = True
    labels = [button.proto.label for button in page.run().at.main.get("download_button")]
    assert labels == ["CSV"]
