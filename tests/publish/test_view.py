import dataclasses

import pytest

from sijill.core.errors import InvalidRecord
from sijill.publish.view import CaseView, DocumentView


def test_a_document_that_nobody_read_says_why(view: CaseView) -> None:
    document = view.documents[0].document
    with pytest.raises(InvalidRecord, match="say either which extractor read it, or why none did"):
        DocumentView(document)
    with pytest.raises(InvalidRecord, match="say either which extractor read it, or why none did"):
        DocumentView(document, read_by="rules-en@0.1.0", unread_because="no language pack")


def test_a_claim_that_no_document_lists_is_not_dropped_in_silence(view: CaseView) -> None:
    without = tuple(dataclasses.replace(d, claims=d.claims[1:]) for d in view.documents)
    with pytest.raises(InvalidRecord, match="is not listed under the document that it was read in"):
        dataclasses.replace(view, documents=without)


def test_an_incident_names_only_claims_that_are_there(view: CaseView) -> None:
    record = view.incidents[0]
    incident = dataclasses.replace(record.incident, claims=("nowhere",))
    with pytest.raises(InvalidRecord, match="speaks of claim 'nowhere', which it does not hold"):
        dataclasses.replace(view, incidents=(dataclasses.replace(record, incident=incident), *view.incidents[1:]))


def test_an_incident_names_only_documents_that_are_there(view: CaseView) -> None:
    record = view.incidents[0]
    incident = dataclasses.replace(record.incident, documents=("nowhere",))
    with pytest.raises(InvalidRecord, match="speaks of document 'nowhere', which it does not hold"):
        dataclasses.replace(view, incidents=(dataclasses.replace(record, incident=incident), *view.incidents[1:]))


def test_a_claim_is_kept_under_its_own_id(view: CaseView) -> None:
    (first, shown), *others = view.claims.items()
    with pytest.raises(InvalidRecord, match="is kept under 'another'"):
        dataclasses.replace(view, claims={"another": shown, **dict(others)})
    assert first != "another"
