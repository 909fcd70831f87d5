"""HubSpot's `hscacheutils`, for Python 3 and on gencache: the same interface in the modules `generational_cache` and
`raw_cache`.

    from hscacheutils.generational_cache import gen_cache, CustomUseGenCache

becomes

    from gencache.hscacheutils.generational_cache import gen_cache, CustomUseGenCache

Without any configuration it caches within the process. What differs from the original, and why, stands in
`generational_cache`.
"""

from ._configuration import configure

__all__ = ["configure"]
