"""Django with a database in memory, and the backend on each kind of store."""

from __future__ import annotations

from typing import Any, Callable, Iterator

import pytest

try:
    import django
except ImportError:
    raise RuntimeError("the tests of gencache.django need Django: apt-get install python3-django") from None

from django.conf import settings

settings.configure(
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    INSTALLED_APPS=["django.contrib.sessions"],
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates"}],
    SECRET_KEY="of the tests",
    ALLOWED_HOSTS=["testserver"],
    USE_TZ=True,
)
django.setup()

from django.test import override_settings  # noqa: E402

BACKEND = "gencache.django.GenerationalCache"


@pytest.fixture
def configured(url: str) -> Iterator[Callable[..., Any]]:
    """Configures the cache `default` with further settings, and gives it."""
    overriding = []

    def configure(**parameters: Any) -> Any:
        from django.core.cache import caches

        overriding.append(override_settings(CACHES={"default": {"BACKEND": BACKEND, "LOCATION": url, **parameters}}))
        overriding[-1].enable()
        return caches["default"]

    yield configure
    for one in reversed(overriding):
        one.disable()


@pytest.fixture
def cache(configured: Callable[..., Any]) -> Any:
    return configured()
