"""A cache backend for Django, and invalidations that wait for the commit of a database transaction.

    CACHES = {
        "default": {
            "BACKEND": "gencache.django.GenerationalCache",
            "LOCATION": "memcached://10.0.0.1:11211,10.0.0.2:11211/?prefix=shop",
            # "OPTIONS": {"pickle": True},  # for cache_page, the cache middleware, and values of any type
        }
    }

For Django 3.2 and later.
"""

from ._after_commit import AfterCommit, after_commit
from ._backend import GenerationalCache
from ._settings import setting

__all__ = ["AfterCommit", "GenerationalCache", "after_commit", "setting"]
