"""The step in Python: reads what Go has computed anew, as JSON."""

import sys

import gencache


def main() -> int:
    with gencache.Cache() as cache:  # $GENCACHE_URL
        entry = cache.get_entry(("users", "user:user_id"), user_id=7, kind="profile")
    if not entry.has_value:
        print("Python: a miss of", entry.key, file=sys.stderr)
        return 1
    user = entry.value
    visits = user["visits"]
    print(f"Python: {user['name']} has {visits} visit{'' if visits == 1 else 's'}; tags: {', '.join(user['tags'])}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
