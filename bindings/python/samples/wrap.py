"""A function that remembers its results, by its arguments."""

import gencache

cache = gencache.Cache()  # $GENCACHE_URL, or else memory://


@cache.wrap(("nav", "nav_portal:user_id"), exclude="trace", timeout=300)
def page(user_id: int, name: str = "home", trace: bool = False) -> str:
    print(f"    (computing {name} of user {user_id})")
    return f"<h1>{name} of user {user_id}</h1>"


def show(html: str) -> None:
    print(" ", html)


page.invalidate()  # what an earlier run has left

print("The first call computes, the second one remembers:")
show(page(1))
show(page(1, "home"))

print("Other arguments, another result; `trace` is excluded, so it makes no difference:")
show(page(1, name="news"))
show(page(2))
show(page(1, trace=True))

print("User 1 has changed, on all pages; user 2 has not:")
page.invalidate(1)
show(page(1))
show(page(1, "news"))
show(page(2))

print("nav has changed, for everybody:")
page.invalidate()
show(page(2))

print("A refresh computes, whatever is remembered:")
show(page.refresh(2))
