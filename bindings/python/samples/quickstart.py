"""A miss, a fill, a hit, an invalidation, and a miss that says why."""

import gencache

cache = gencache.Cache()  # $GENCACHE_URL, or else memory://
page = ("nav", "nav_portal:user_id")
cache.delete(page, user_id=1, page="home")  # what an earlier run has left

for visit in range(1, 4):
    entry = cache.get_entry(page, user_id=1, page="home")
    if entry:
        print("hit: ", entry.value)
    else:
        print(f"miss: {entry.reason} {entry.generation}".rstrip())
        html = "<h1>Welcome back</h1>"  # compute it here: no invalidation gets lost meanwhile
        entry.fill(html)
    if visit == 2:
        cache.invalidate("nav_portal:user_id", user_id=1)
