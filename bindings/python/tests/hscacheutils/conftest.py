"""The drop-in on each kind of store, and a place for settings that each test finds empty."""

from __future__ import annotations

import itertools
from typing import Iterator

import pytest

import gencache
from gencache.hscacheutils import configure, setting_wrappers


@pytest.fixture(autouse=True)
def configured(url: str) -> Iterator[str]:
    configure(url)
    yield url
    configure("memory://")


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(setting_wrappers, "_own", {"ENV": "qa"})
    monkeypatch.setattr(setting_wrappers, "django_settings", lambda: None)  # other tests of this process configure it


@pytest.fixture
def numbers() -> Iterator[int]:
    """Values that never come twice."""
    return itertools.count(1)


@pytest.fixture
def another() -> gencache.Cache:
    """The same cache, as somebody else holds it."""
    from gencache.hscacheutils._configuration import current_cache

    return current_cache().with_timeout(5)
