"""The back ends that read claims, told by the name of the extractor that every claim carries."""

from __future__ import annotations

from enum import StrEnum

# The rule of the evidence on a claim that a language model read: it is in no figure before a person confirms it.
MODEL_UNCONFIRMED = "model_unconfirmed"


class BackEnd(StrEnum):
    """What reads claims: rules, the default, which need nothing else; a language model that was asked; or a person.

    What a person adds is of the record from the beginning, as that person accepts it with that.
    """

    RULES = "rules"
    MODEL = "model"
    PERSON = "person"


def back_end_of(extractor: str) -> BackEnd:
    """The back end that an extractor's name tells; whatever is neither a model's nor a person's is of the rules.

    >>> back_end_of("model-senna-7b@1"), back_end_of("rules-en@0.4.0"), back_end_of("person-1")
    (<BackEnd.MODEL: 'model'>, <BackEnd.RULES: 'rules'>, <BackEnd.PERSON: 'person'>)
    """
    kind = extractor.partition("-")[0]
    return BackEnd(kind) if kind in (BackEnd.MODEL, BackEnd.PERSON) else BackEnd.RULES
