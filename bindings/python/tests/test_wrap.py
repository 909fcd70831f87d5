"""Functions that remember their results."""

import copy
import functools
import inspect
import pickle
import random

import pytest

import gencache
from gencache._signature import CallSignature


class Counter:
    """How often something was computed."""

    def __init__(self):
        self.calls = []

    def __call__(self, *args):
        self.calls.append(args)
        return len(self.calls)


@pytest.fixture
def computed():
    return Counter()


def test_calls_with_the_same_arguments_are_one(cache, computed):
    @cache.wrap(("nav", "portal:user_id"))
    def page(user_id, name="home", *, mode="full"):
        return computed(user_id, name, mode)

    calls = [
        lambda: page(1),
        lambda: page(1, "home"),
        lambda: page(user_id=1),
        lambda: page(1, name="home", mode="full"),
        lambda: page(mode="full", name="home", user_id=1),
    ]
    assert [call() for call in calls] == [1] * 5
    assert computed.calls == [(1, "home", "full")]
    assert page(1, "news") == 2 and page(2) == 3 and page(1, mode="short") == 4


def test_rest_arguments_are_in_the_key(cache, computed):
    @cache.wrap("nav")
    def sum_of(*numbers, **named):
        return computed(numbers, named)

    assert sum_of(1, 2) == 1 and sum_of(2, 1) == 2 and sum_of(1) == 3 and sum_of() == 4
    assert sum_of(1, 2) == 1
    assert sum_of(a=1, b=2) == 5 and sum_of(b=2, a=1) == 5 and sum_of(a=2, b=1) == 6


def test_a_generation_may_take_what_goes_into_keywords(cache, computed):
    @cache.wrap("portal:user_id")
    def page(**named):
        return computed(named)

    assert page(user_id=1) == page(user_id=1) == 1
    page.invalidate(user_id=1)
    assert page(user_id=1) == 2
    with pytest.raises(gencache.ArgumentError, match="'user_id'"):
        page()


def test_none_is_remembered(cache, computed):
    @cache.wrap("nav")
    def nothing():
        computed()

    assert nothing() is None and nothing() is None
    assert len(computed.calls) == 1


def test_what_it_raises_is_not_remembered(cache, computed):
    @cache.wrap("nav")
    def broken():
        raise KeyError(computed())

    for _ in range(2):
        with pytest.raises(KeyError):
            broken()
    assert len(computed.calls) == 2


def test_wrong_arguments_are_the_functions_error(cache):
    @cache.wrap("portal:user_id")
    def page(user_id, name="home"):
        return 1

    for call in (lambda: page(), lambda: page(1, 2, 3), lambda: page(1, nam="x"), lambda: page.key()):
        with pytest.raises(TypeError, match="argument"):
            call()
    with pytest.raises(gencache.ArgumentError, match="argument user_id: list"):
        page([1])


@pytest.mark.parametrize(
    "function",
    [
        lambda a, b=2, c=3: 0,
        lambda a, b, *, k, m=5: 0,
        lambda: 0,
        lambda a=1, *, k=2: 0,
        lambda self, a, b=1: 0,
        lambda a, /, b=1: 0,
        lambda a, *more, k=1: 0,
        lambda a, **named: 0,
    ],
)
def test_calls_are_bound_as_python_binds_them(function):
    """The fast ways, too."""
    signature = CallSignature(function)
    whole = inspect.signature(function)
    own = whole.replace(parameters=[p for p in whole.parameters.values() if p.name != "self"])

    def expected(args, kwargs):
        bound = own.bind(*args, **kwargs)
        bound.apply_defaults()
        named = {**bound.arguments, **bound.arguments.get("named", {})}
        rest = [(None, value) for value in named.pop("more", ())]
        named.pop("named", None)
        return sorted(map(repr, [*rest, *named.items()]))

    def outcome(find, *call):
        try:
            return find(*call)
        except TypeError as error:
            return str(error)

    random_ = random.Random(1)
    for _ in range(1000):
        args = tuple(random_.randrange(9) for _ in range(random_.randrange(4)))
        kwargs = {name: random_.randrange(9) for name in random_.sample("abckmz", random_.randrange(4))}
        found = outcome(lambda: sorted(map(repr, signature.pairs(args, kwargs))))
        assert found == outcome(expected, args, kwargs), (args, kwargs)


def test_invalidations(cache, computed):
    @cache.wrap(("nav", "portal:user_id", "shop:shop_id"), exclude=("trace",))
    def page(user_id, trace=None, shop_id=1):
        return computed(user_id, shop_id)

    assert [page(1), page(2)] == [1, 2]
    page.invalidate(1)
    assert [page(1), page(2)] == [3, 2]
    page.invalidate(user_id=2)
    assert [page(1), page(2)] == [3, 4]
    page.invalidate(shop_id=1)
    assert [page(1), page(2)] == [5, 6]
    page.invalidate(1, "traced")
    assert [page(1), page(2)] == [7, 6]
    page.invalidate()
    assert [page(1), page(2)] == [8, 9]
    page.invalidate_soft()
    assert [page(1), page(2)] == [10, 11]
    page.delete(1)
    assert [page(1), page(2)] == [12, 11]
    assert page.refresh(2) == 13 == page(2)
    assert page.uncached(2) == 14 and page(2) == 13 and page.__wrapped__ is page.uncached


def test_an_invalidation_that_names_nothing_is_an_error(cache):
    @cache.wrap("portal:user_id")
    def page(user_id, name="home"):
        return 1

    for call in (lambda: page.invalidate(), lambda: page.invalidate(name="home")):
        with pytest.raises(gencache.ArgumentError):
            call()

    @cache.wrap(("nav", "portal:user_id"))
    def open_page(user_id, name="home", **more):
        return next(numbers)

    numbers = iter(range(10))
    assert open_page(1) == 0
    for wrong in ({"uid": 1}, {"name": "home"}):
        with pytest.raises(gencache.ArgumentError, match="no generation of .*'portal:user_id'.* names an argument"):
            open_page.invalidate(**wrong)
    assert open_page(1) == 0, "a misspelt name does not stand for all of nav"


def test_methods(cache, computed):
    class Portal:
        def __init__(self, greeting):
            self.greeting = greeting

        @cache.wrap("portal:user_id")
        def greet(self, user_id, mark="!"):
            """Greets."""
            computed()
            return f"{self.greeting} {user_id}{mark}"

        @cache.wrap("portal:user_id")
        @classmethod
        def of_class(cls, user_id):
            computed()
            return f"{cls.__name__} {user_id}"

        @cache.wrap("portal:user_id")
        @staticmethod
        def of_nothing(user_id):
            computed()
            return user_id

    one, two = Portal("Welcome"), Portal("Hello")
    assert one.greet(1) == two.greet(user_id=1) == Portal.greet(one, 1) == "Welcome 1!"
    one.greet.invalidate(1)
    assert two.greet(1) == "Hello 1!"
    assert one.greet.refresh(1) == "Welcome 1!" == two.greet(1)
    assert one.greet.uncached(1, mark="?") == "Welcome 1?"
    assert one.greet.key(1) == Portal.greet.key(1)
    one.greet.delete(1)
    assert two.greet(1) == "Hello 1!"
    Portal.greet.invalidate_soft(1)
    assert one.greet(1) == "Welcome 1!"
    assert one.greet.__self__ is one and one.greet.__name__ == "greet" and one.greet.__doc__ == "Greets."
    del computed.calls[:]
    assert Portal.of_class(1) == one.of_class(1) == "Portal 1"
    assert Portal.of_nothing(1) == one.of_nothing(1) == 1
    assert len(computed.calls) == 2
    Portal.of_class.invalidate(1)
    one.of_nothing.invalidate(1)
    assert Portal.of_class(1) == "Portal 1" and Portal.of_nothing(1) == 1
    assert len(computed.calls) == 4
    assert Portal.of_class.refresh(1) == "Portal 1" and Portal.of_nothing.refresh(1) == 1


def test_the_class_of_a_class_method_may_have_any_name(cache):
    class Portal:
        @cache.wrap("portal:user_id")
        @classmethod
        def of_class(portal, user_id):
            return [portal.__name__, user_id]

    assert Portal.of_class(1) == Portal().of_class(user_id=1) == ["Portal", 1]


def test_beneath_classmethod_and_staticmethod(cache, computed):
    class Portal:
        @classmethod
        @cache.wrap("portal:user_id")
        def of_class(cls, user_id):
            return [cls.__name__, computed()]

        @staticmethod
        @cache.wrap("portal:user_id")
        def of_nothing(user_id):
            return computed()

    assert Portal.of_class(1) == Portal().of_class(1) == ["Portal", 1]
    assert Portal.of_nothing(1) == Portal().of_nothing(1) == 2
    Portal.of_class.invalidate(1)
    assert Portal.of_class(1) == ["Portal", 3] and Portal.of_nothing(1) == 4


def test_the_place_is_part_of_the_key(cache):
    def make():
        @cache.wrap("nav")
        def page(name):
            return name

        return page

    def line(wrapped):
        return wrapped.uncached.__code__.co_firstlineno

    page = make()
    name = f"{__name__}.test_the_place_is_part_of_the_key.%3Clocals%3E.make.%3Clocals%3E.page"
    assert page.key("x") == f'nav|"{name}:{line(page)}",name="x"'
    function = page.uncached
    assert cache.wrap("nav", version=2)(function).key("x") == f'nav|"{name}","v2",name="x"'
    assert cache.wrap("nav", version=2, place=False)(function).key("x") == 'nav|"v2",name="x"'
    assert cache.wrap("nav", place=False)(function).key("x") == 'nav|name="x"'
    assert cache.wrap("nav", place="mine")(function).key("x") == 'nav|"mine",name="x"'


def test_a_decorated_function_has_its_own_place(cache):
    def decorator(function):
        @functools.wraps(function)
        def inner(*args, **kwargs):
            return function(*args, **kwargs)

        return inner

    @cache.wrap("nav")
    @decorator
    def one(a, b=2):
        return a + b

    @cache.wrap("nav")
    @decorator
    def two(a, b=2):
        return a * b

    assert one(3) == 5 and two(3) == 6 and one(3, b=2) == 5
    assert "one:" in one.key(1)


def test_options(cache):
    @cache.wrap("nav", timeout=100, stale_for=5)
    def page():
        return 1

    page()
    assert cache.get_entry("nav", args=[(None, text_of(page.key()))]).remaining <= 100
    with pytest.raises(gencache.ArgumentError, match="jitter"):
        cache.wrap("nav", jitter=2)
    with pytest.raises(gencache.ArgumentError, match="timeout"):
        cache.wrap("nav", timeout=-2)


def text_of(key):
    return key.split('"')[1].replace("%3C", "<").replace("%3E", ">")


def test_the_cache_can_be_left_alone(cache, computed, monkeypatch):
    ask = []
    by_function = cache.wrap("nav", ignore_if_setting_is_true=lambda: bool(ask))(lambda x: computed())
    assert by_function(1) == by_function(1) == 1
    ask.append(1)
    assert [by_function(1), by_function.refresh(1)] == [2, 3]
    ask.clear()
    assert by_function(1) == 1, "a refresh, too, leaves the cache alone"

    by_name = cache.wrap("nav", ignore_if_setting_is_true="NO_CACHE")(lambda x: computed())
    assert by_name(1) == by_name(1) == 4
    monkeypatch.setenv("NO_CACHE", "yes")
    assert [by_name(1), by_name(1)] == [5, 6]
    monkeypatch.setenv("NO_CACHE", "0")
    assert by_name(1) == 4
    gencache.look_up_settings({"NO_CACHE": True}.get)
    try:
        assert by_name(1) == 7
    finally:
        gencache.look_up_settings(None)

    monkeypatch.setenv("GENCACHE_LOCAL", "1")
    locally = cache.wrap("nav", ignore_locally=True)(lambda x: computed())
    assert [locally(1), locally(1)] == [8, 9]
    monkeypatch.delenv("GENCACHE_LOCAL")
    elsewhere = cache.wrap("nav", ignore_locally=True)(lambda x: computed())
    assert elsewhere(1) == elsewhere(1) == 10


def test_what_cannot_be_wrapped(cache):
    def generator():
        yield 1

    async def async_generator():
        yield 1

    for function in (generator, async_generator):
        with pytest.raises(gencache.ArgumentError, match="is a generator"):
            cache.wrap("nav")(function)
    for thing in (7, len, Counter, Counter(), functools.partial(Counter)):
        with pytest.raises(gencache.ArgumentError, match="a function or method is expected"):
            cache.wrap("nav")(thing)
    with pytest.raises(gencache.ArgumentError, match=r"'portal:user_id' needs the argument 'user_id', and .*<lambda>\(\)"):
        cache.wrap(("nav", "portal:user_id"))(lambda user: 1)
    with pytest.raises(gencache.ArgumentError, match="exclude: generation 'portal:user' needs"):
        cache.wrap("portal:user", exclude="user")(lambda user: 1)
    with pytest.raises(gencache.ArgumentError, match="exclude: .*no parameter 'x'"):
        cache.wrap("nav", exclude="x")(lambda user: 1)
    with pytest.raises(gencache.ArgumentError, match="'portal:user_id' needs the argument"):
        cache.wrap("portal:user_id")(lambda *user_id: 1)


def test_it_looks_like_the_function(cache):
    @cache.wrap("nav")
    def page(name: str = "home") -> str:
        """Renders."""
        return name

    assert page.__name__ == "page" and page.__doc__ == "Renders." and page.__module__ == __name__
    assert str(inspect.signature(page)) == "(name: str = 'home') -> str"


def test_depend_in_a_wrapped_function(cache, computed):
    @cache.wrap("book:id")
    def book(id):
        gencache.depend("author:id", id=7)
        return computed()

    assert book(1) == book(1) == 1
    cache.invalidate("author:id", id=7)
    assert book(1) == 2
    assert book.uncached(1) == 3


def test_the_object_by_name(cache):
    class Shop:
        @cache.wrap("nav")
        def page(self, name):
            return f"page {name}"

    shop = Shop()
    assert Shop.page(self=shop, name="home") == shop.page("home") == "page home"

    @cache.wrap("nav")
    def page(**names):
        return sorted(names)

    assert page(self=1, name=2) == ["name", "self"]
    assert page.key(self=1) != page.key(self=2)
    page.invalidate()


def test_keywords_named_like_a_positional_only_parameter(cache):
    @cache.wrap("user:a")
    def page(a, /, **others):
        return a, others

    assert page(1, a=2) == (1, {"a": 2})
    assert page(1, a=3) == (1, {"a": 3})
    assert page(1, a=2) == [1, {"a": 2}]
    page.invalidate(1, a=2)
    assert page(1, a=2) == (1, {"a": 2})


def test_invalidate_takes_further_keywords(cache):
    @cache.wrap("user:id")
    def page(**arguments):
        return next(numbers)

    numbers = iter(range(10))
    assert page(id=1, z=2) == page(id=1, z=2) == 0
    page.invalidate(id=1, z=2)
    assert page(id=1, z=2) == 1
    page.invalidate_soft(id=1, z=2)
    assert page(id=1, z=2) == 2
    with pytest.raises(gencache.ArgumentError):
        page.invalidate(z=2)


def closure(cache, number, **options):
    @cache.wrap("nav", **options)
    def times(factor):
        return number * factor

    return times


def times(number):
    def decorate(function):
        @functools.wraps(function)
        def decorated(*args):
            return function(*args) * number

        return decorated

    return decorate


def plain(factor):
    return factor


def test_a_function_with_other_captured_values_is_warned_of(cache, recwarn):
    closure(cache, 2), closure(cache, 2)
    cache.wrap("nav")(times(2)(plain)), cache.wrap("other")(times(3)(plain))
    closure(cache, 2, version=2), closure(cache, 3, version=3)
    closure(cache, 2, place="2"), closure(cache, 3, place="2")
    closure(gencache.Cache("memory://"), 3)
    assert not recwarn.list
    with pytest.warns(UserWarning, match=r"times\(\) is wrapped again at the same place") as caught:
        closure(cache, 3), closure(cache, 4)
    assert len(caught) == 1 and caught[0].filename == __file__
    with pytest.warns(UserWarning, match=r"plain\(\) is wrapped again"):
        cache.wrap("nav")(times(3)(plain))
    with pytest.warns(UserWarning, match="wrapped again"):
        cache.wrap("nav")(lambda: 1), cache.wrap("nav")(lambda: 2)


_cache = gencache.Cache("memory://")


@_cache.wrap("nav")
def doubled(x):
    return x * 2


class Doubler:
    @_cache.wrap("nav")
    def of_object(self, x):
        return x * 2

    @_cache.wrap("nav")
    @classmethod
    def of_class(cls, x):
        return x * 2

    @_cache.wrap("nav")
    @staticmethod
    def of_nothing(x):
        return x * 2


def test_pickled_and_copied_as_functions_are():
    for function in (doubled, Doubler.of_object, Doubler.of_nothing):
        assert pickle.loads(pickle.dumps(function)) is function
        assert copy.copy(function) is function is copy.deepcopy(function)
    for method in (Doubler().of_object, Doubler.of_class):
        assert pickle.loads(pickle.dumps(method))(2) == 4 == copy.deepcopy(method)(2)


def test_a_method_can_be_copied(cache):
    class Shop:
        @cache.wrap("nav")
        def page(self, name):
            return f"page {name}"

    assert copy.copy(Shop().page)("home") == "page home"


def test_excluded_arguments_may_be_left_out(cache):
    @cache.wrap("product:id", exclude=("session", "trace"))
    def product(session, id, size="S", trace=None):
        return next(numbers)

    numbers = iter(range(10))
    assert product("one", 1) == product("another", 1, trace=True) == 0
    assert product.key(id=1) == product.key("one", 1) == product.key(object(), id=1, trace=1)
    product.delete(id=1)
    assert product("one", 1) == 1
    product.invalidate(id=1)
    assert product("one", 1) == 2
    for call in (lambda: product.key(), lambda: product.delete(1), lambda: product.key(id=1, nam="x")):
        with pytest.raises(TypeError):
            call()
    with pytest.raises(TypeError):
        product(id=1)
