"""Settings as people read them."""

from core.runs.setting_words import setting_value, settings_that_differ


def test_settings_are_put_as_people_read_them():
    assert setting_value("learning_rate", 0.0003) == "0.0003"
    assert setting_value("architecture", "lenet_5") == "LeNet-5"
    assert setting_value("split_seed", None) == "the dataset's own"
    assert setting_value("network", None) == ""
    assert (setting_value("early_stopping", True), setting_value("early_stopping", False)) == ("on", "off")


def test_settings_that_are_the_same_everywhere_are_not_listed():
    settings = [{"epochs": 3, "seed": 1}, {"epochs": 5, "seed": 1, "dropout": 0.2}]
    assert settings_that_differ(settings) == {"epochs": [3, 5], "dropout": [None, 0.2]}
    assert settings_that_differ([settings[0], settings[0]]) == {}
