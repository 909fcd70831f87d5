"""What of Django uses a cache: views, the whole site, templates, sessions, the drop-in and settings."""

import os

import pytest
from django.contrib.sessions.backends.cache import SessionStore
from django.http import HttpResponse
from django.middleware.cache import CacheMiddleware
from django.template import engines
from django.test import RequestFactory, override_settings
from django.views.decorators.cache import cache_page

import gencache
import gencache.django
from gencache.hscacheutils import configure, setting_wrappers
from gencache.hscacheutils._configuration import current_cache
from gencache.hscacheutils.generational_cache import gen_cache

PICKLE = {"OPTIONS": {"pickle": True}}


def count(request):
    count.calls += 1
    return HttpResponse(f"call {count.calls}")


@pytest.fixture(autouse=True)
def calls():
    count.calls = 0


def test_a_view(configured):
    configured(**PICKLE)
    view = cache_page(60 * 15)(count)
    get = RequestFactory().get
    assert [view(get(path)).content for path in ("/a", "/a", "/b")] == [b"call 1", b"call 1", b"call 2"]


def test_a_view_without_pickle_says_what_to_do(cache):
    with pytest.raises(gencache.ArgumentError, match="OPTIONS"):
        cache_page(60)(count)(RequestFactory().get("/"))


def test_the_whole_site(configured):
    configured(**PICKLE)
    site = CacheMiddleware(count)
    get = RequestFactory().get
    assert [site(get("/")).content for _ in range(2)] == [b"call 1", b"call 1"]


def test_a_fragment_of_a_template(cache):
    text = "{% load cache %}{% cache 500 sidebar user %}{{ count }} &amp; {{ text }}{% endcache %}"
    template = engines["django"].from_string(text)
    render = lambda number, user: template.render({"count": number, "user": user, "text": "<b>"})  # noqa: E731
    assert render(1, "ada") == render(2, "ada") == "1 &amp; &lt;b&gt;"
    assert render(3, "bob").startswith("3")


def test_sessions(cache):
    session = SessionStore()
    session["cart"] = {"book": 2}
    session.save()
    again = SessionStore(session_key=session.session_key)
    assert again["cart"] == {"book": 2}
    again.delete()
    assert not SessionStore().exists(session.session_key)
    created = SessionStore()
    created.create()  # by add
    assert created.exists(created.session_key)


def test_settings_of_wrapped_functions(cache):
    gencache.look_up_settings(gencache.django.setting)
    try:
        calls = []

        @cache.generational.wrap("nav", ignore_if_setting_is_true="NO_CACHE")
        def page():
            return calls.append(1)

        page(), page()
        with override_settings(NO_CACHE=True):
            page(), page()
        assert len(calls) == 3
    finally:
        gencache.look_up_settings(None)


# --- hscacheutils takes its settings and its cache from Django


@pytest.fixture
def drop_in(monkeypatch):
    monkeypatch.delenv("GENCACHE_URL", raising=False)
    configure("memory://")
    yield configure
    with override_settings(CACHES={}):
        configure("memory://")


def test_settings_of_the_drop_in(drop_in):
    @gen_cache.wrap("nav", ignore_locally=True)
    def page():
        return count(None).content

    with override_settings(ENV="qa", X="1"):
        assert page() == page()
        assert setting_wrappers.get_setting("x") == "1"
    with override_settings(ENV="local"):
        assert page() != page()
    with pytest.raises(AttributeError, match="NO_SUCH"):
        setting_wrappers.get_setting("no_such")


def test_the_drop_in_uses_the_cache_of_django(drop_in, configured, url):
    cache = configured(**PICKLE)
    drop_in()
    gen_cache.set({1, 2}, "nav")
    assert cache.generational.get("nav") == {1, 2}
    cache.after_commit.invalidate("nav")
    assert gen_cache.get("nav") is None


def test_the_drop_in_may_take_pickles_where_django_does_not(drop_in, configured):
    configured()
    drop_in(pickle=True)
    gen_cache.set({1, 2}, "nav")
    assert gen_cache.get("nav") == {1, 2}


def test_the_drop_in_uses_another_cache_of_django(drop_in, url):
    backend = "gencache.django.GenerationalCache"
    other = {"default": {"BACKEND": backend}, "raw": {"BACKEND": backend, "LOCATION": url, **PICKLE}}
    with override_settings(CACHES=other, RAW_CACHE_NAME="raw"):
        drop_in()
    assert current_cache().in_process == url.startswith("memory")


@pytest.mark.parametrize("location", ["{0}", "{0};{1}", ["{0}", "{1}"]])
def test_the_drop_in_uses_the_servers_of_djangos_own_backends(drop_in, location, monkeypatch):
    servers = os.environ["GENCACHE_TEST_SERVERS"].split(",")
    fill = lambda text: text.format(*servers)  # noqa: E731
    location = fill(location) if isinstance(location, str) else list(map(fill, location))
    backend = "django.core.cache.backends.memcached.PyLibMCCache"
    with override_settings(CACHES={"default": {"BACKEND": backend, "LOCATION": location, "TIMEOUT": 50}}):
        drop_in()
    assert not current_cache().in_process
    gen_cache.set("v", "nav")
    assert 0 < current_cache().get_entry("nav").remaining <= 50
    monkeypatch.setenv("GENCACHE_URL", "memory://")
    with override_settings(CACHES={"default": {"BACKEND": backend, "LOCATION": location}}):
        drop_in()
    assert current_cache().in_process
