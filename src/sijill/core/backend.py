"""The back ends that read claims, told by the name of the extractor that every claim carries."""

from __future__ import annotations

from enum import StrEnum

# The rule of the evidence on a claim that a language model read: it is in no figure before a person confirms it.
MODEL_UNCONFIRMED = "model_unconfirmed"


class BackEnd(StrEnum):
    """What reads claims: rules, which are the default and need nothing else, or a language model that was asked."""

    RULES = "rules"
    MODEL = "model"


def back_end_of(extractor: str) -> BackEnd:
    """The back end that an extractor's name tells; whatever is not a model's is of the rules.

    >>> back_end_of("model-senna-7b@1"), back_end_of("rules-en@0.4.0")
    (<BackEnd.MODEL: 'model'>, <BackEnd.RULES: 'rules'>)
    """
    return BackEnd.MODEL if extractor.partition("-")[0] == BackEnd.MODEL else BackEnd.RULES
