import pytest

from sijill.publish.view import CaseView
from sijill.publish.working import pages
from tests.publish.markup import Page
from tests.publish.sample import sample


@pytest.fixture(scope="session")
def view() -> CaseView:
    return sample()


@pytest.fixture(scope="session")
def files(view: CaseView) -> dict[str, bytes]:
    """The record of the sample, by path."""
    return dict(pages(view))


@pytest.fixture(scope="session")
def parsed(files: dict[str, bytes]) -> dict[str, Page]:
    """Its pages, read strictly."""
    return {path: Page(data.decode("utf-8")) for path, data in files.items() if path.endswith(".html")}
