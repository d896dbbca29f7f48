from sijill.core.errors import SijillError as SijillError
from sijill.core.version import __version__ as __version__
from sijill.pipeline.api import Case as Case
from sijill.pipeline.estimating import estimate as estimate
from sijill.pipeline.extraction import extract as extract

__all__ = ["Case", "SijillError", "__version__", "estimate", "extract"]
