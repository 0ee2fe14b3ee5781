"""The log of a run, read while it is written and after it was torn."""

import threading
import time

import pytest

from core.runs.events import EventLog, batch_table, epoch_table, seconds_in_stages


@pytest.fixture
def log(tmp_path):
    return EventLog(tmp_path / "events.jsonl")


def epoch(number, **values):
    return {"epoch": number, "loss": 1.0 / number, "accuracy": 0.5, "val_loss": 0.9, "val_accuracy": 0.4} | values


def test_no_log_is_no_events(log):
    assert log.read() == []
    assert len(epoch_table(log.read())) == len(batch_table(log.read())) == 0


def test_events_come_back_in_order_with_their_time(log):
    before = time.time()
    log.append("stage", name="Training")
    log.append("note", text="a line\nand “another” 🐈 שלום")
    first, second = EventLog(log.path).read()
    assert (first["kind"], first["name"]) == ("stage", "Training")
    assert second["text"] == "a line\nand “another” 🐈 שלום"
    assert before <= first["time"] <= second["time"] <= time.time()


@pytest.mark.parametrize("cut", [2, 5, 20])
def test_a_torn_last_line_is_passed_over(log, cut):
    log.append("epoch", **epoch(1))
    log.append("epoch", **epoch(2))
    whole = log.path.read_bytes()
    log.path.write_bytes(whole[:-cut])
    assert epoch_table(log.read())["epoch"].tolist() == [1]


def test_a_line_torn_within_a_letter_is_passed_over(log):
    log.append("note", text="whole")
    with log.path.open("ab") as file:
        file.write('{"kind": "note", "text": "🐈'.encode()[:-2])
    assert [event["text"] for event in log.read()] == ["whole"]


@pytest.mark.parametrize("letter", ["\u2028", "\u2029", "\x85", "\x0b", "\x0c", "\x1c"])
def test_letters_that_some_take_for_line_ends_stay_within_the_line(log, letter):
    # They can stand in the names of classes and files.
    log.append("note", text=f"before{letter}after")
    assert [event["text"] for event in log.read()] == [f"before{letter}after"]


def test_the_epochs_are_a_table(log):
    log.append("stage", name="Training")
    log.append("batch", position=0.5, loss=2.0, accuracy=0.1)
    log.append("epoch", **epoch(1, seconds=3.5, best=True))
    log.append("batch", position=1.5, loss=1.5, accuracy=0.2)
    log.append("epoch", **epoch(2, seconds=3.0, best=False))
    epochs, batches = epoch_table(log.read()), batch_table(log.read())
    assert epochs["epoch"].tolist() == [1, 2]
    assert epochs["best"].tolist() == [True, False]
    assert epochs["loss"].tolist() == [1.0, 0.5]
    assert batches.to_dict("list") == {"position": [0.5, 1.5], "loss": [2.0, 1.5], "accuracy": [0.1, 0.2]}


def test_without_validation_the_columns_are_there(log):
    log.append("epoch", epoch=1, loss=1.0, accuracy=0.5)
    table = epoch_table(log.read())
    assert table["val_loss"].isna().all()


def test_a_reader_beside_the_writer_sees_whole_events_only(log):
    writer = threading.Thread(target=lambda: [log.append("note", text="x" * 5000, number=n) for n in range(200)])
    writer.start()
    seen = []
    while writer.is_alive() or len(seen) < 200:
        seen = log.read()
        assert [event["number"] for event in seen] == list(range(len(seen)))
    writer.join()
    assert all(len(event["text"]) == 5000 for event in seen)


def test_stages_last_until_the_next_begins():
    told = [("start", 0.0), ("Computing, view 1 of 2", 1.0), ("Computing, view 2 of 2", 4.0), ("train", 5.5)]
    events = [{"kind": "stage", "name": name, "time": time} for name, time in told]
    assert seconds_in_stages(events, ", view ") == 4.5
    assert seconds_in_stages(events, "judge") == 0
