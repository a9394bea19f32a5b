"""Errors go from one process to another as they are."""

import copy
import pickle

import pytest

from csnlp.errors import InputError, MissingExtra

ERRORS = [InputError("reply", "is empty", "give a text"), MissingExtra("torch", "train")]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_an_error_is_the_same_in_another_process(error):
    for same in (pickle.loads(pickle.dumps(error)), copy.copy(error), copy.deepcopy(error)):
        assert type(same) is type(error) and str(same) == str(error) and vars(same) == vars(error)
