"""One logit per image, and only from a network in evaluation mode."""

import pytest
import torch
from torch import nn

from rfbook.metrics.logits import class_logits, require_evaluation

LOGITS = torch.tensor([[1.0, 5.0, 2.0], [7.0, 0.0, 3.0]])


def test_the_logit_is_that_of_the_label():
    assert class_logits(LOGITS, torch.tensor([2, 1])).tolist() == [2, 0]


def test_without_labels_it_is_the_largest():
    assert class_logits(LOGITS).tolist() == [5, 7]


def test_a_label_that_is_no_class_is_refused():
    with pytest.raises(ValueError, match="2 class numbers from 0 to 2"):
        class_logits(LOGITS, torch.tensor([0, 3]))


def test_a_module_in_training_mode_is_named():
    model = nn.Sequential(nn.ReLU(), nn.Dropout()).eval()
    require_evaluation(model)
    model[1].train()
    with pytest.raises(ValueError, match=r"1 is in training mode.*call model\.eval\(\)"):
        require_evaluation(model)
