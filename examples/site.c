/*
 * The program of script/demo: pages of a small site, cached under the generations `nav` and `nav_portal:user_id`.
 * It tells what happens on each visit, and checks that it is what gencache promises.
 *
 *   site [URL]      the cache to use; without URL it is $GENCACHE_URL, or memory://
 *
 * Exit code: 0 if everything was as expected, 1 if not, 2 if the cache could not be used.
 */
#define _POSIX_C_SOURCE 200809L
#include <gencache/gencache.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { RENDER_MS = 20, USERS = 3, PAGE_SIZE = 128 };

static const char *const kGenerations[] = {"nav", "nav_portal:user_id"};

/* What the pages are made of: the "database". A page is up to date if it shows the present numbers. */
static int menu_version = 1;
static int user_version[USERS] = {1, 1, 1};

static gc_cache *cache;
static gc_options *options;
static gc_error *err;
static int unexpected;

static const char *colour(const char *code) { return isatty(STDOUT_FILENO) && getenv("NO_COLOR") == NULL ? code : ""; }

static void check(gc_status status) {
  if (status >= 0) return;
  fflush(stdout);
  fprintf(stderr, "site: %s: %s\n", gc_status_name(status), gc_error_message(err));
  exit(2);
}

static double now_us(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static void print_time(double us) {
  if (us < 1000) {
    printf("%7.0f µs", us);
  } else {
    printf("%7.1f ms", us / 1000);
  }
}

static void step(const char *title) { printf("\n%s%s%s\n", colour("\033[1m"), title, colour("\033[0m")); }

/* The page as it should look now. */
static int page_text(char *html, const char *page, int user) {
  return snprintf(html, PAGE_SIZE, "<nav>menu %d</nav><h1>%s of user %d, version %d</h1>", menu_version, page, user,
                  user_version[user]);
}

/* Renders a page. The sleep stands for a database: it is all that makes this slow. */
static size_t render(char *html, const char *page, int user) {
  int size = page_text(html, page, user);
  struct timespec pause = {0, RENDER_MS * 1000000L};
  nanosleep(&pause, NULL);
  return (size_t)size;
}

static void describe(char *text, size_t size, int32_t reason, const char *generation) {
  const char *what = generation[0] == '\0' ? "" : " by ";
  snprintf(text, size, "%s%s%s", gc_reason_name(reason), what, generation);
}

static void user_changes(int user) {
  gc_arg args[] = {gc_int("user_id", user)};
  user_version[user]++;
  check(gc_invalidate(cache, "nav_portal:user_id", args, 1, &err));
}

static void menu_changes(void) {
  menu_version++;
  check(gc_invalidate(cache, "nav", NULL, 0, &err));
}

/* Tells how long a change took, invalidation included. */
static void timed(const char *what, double began) {
  printf("  %-60s", what);
  print_time(now_us() - began);
  printf("\n");
}

/*
 * Visits a page: from the cache if it has it, else rendered and stored. `expected` is "hit" or the reason of the miss.
 * With `change_meanwhile` the user's data change after the page was rendered and before it is stored.
 */
static void visit_while(int user, const char *page, const char *expected, bool change_meanwhile) {
  gc_arg args[] = {gc_int("user_id", user), gc_str("page", page)};
  char html[PAGE_SIZE], found[PAGE_SIZE], where[32];
  gc_entry *entry = NULL;
  bool current = true;
  double began = now_us();

  gc_status got = gc_get(cache, kGenerations, 2, args, 2, &entry, &err);
  check(got);
  if (got == GC_OK) {
    size_t size = (size_t)page_text(html, page, user);
    current = gc_entry_size(entry) == size && memcmp(gc_entry_data(entry), html, size) == 0;
  } else {
    size_t size = render(html, page, user);
    if (change_meanwhile) user_changes(user);
    check(gc_fill(entry, html, size, options, &err));
  }
  double took = now_us() - began;

  describe(found, sizeof found, gc_entry_reason(entry), gc_entry_generation(entry));
  gc_entry_free(entry);
  snprintf(where, sizeof where, "user %d: %s", user, page);
  printf("  %-17s %s%-5s%s %-36s", where, colour(got == GC_OK ? "\033[32m" : "\033[33m"), got == GC_OK ? "hit" : "miss",
         colour("\033[0m"), got == GC_OK ? "" : found);
  print_time(took);
  if (strcmp(found, expected) != 0 || !current) {
    printf("  %s<- expected: %s%s", colour("\033[31m"), current ? expected : "the current page", colour("\033[0m"));
    unexpected++;
  }
  printf("\n");
}

static void visit(int user, const char *page, const char *expected) { visit_while(user, page, expected, false); }

/* The demo clears its namespace, so it works in one of its own: pages that are in the cache already are safe. */
static void open_cache(const char *url) {
  char own[1024];
  if (url == NULL) url = getenv("GENCACHE_URL");
  if (url == NULL) url = "memory://";
  if (strstr(url, "prefix=") != NULL) {
    fprintf(stderr, "site: leave out `prefix`: the demo clears its namespace, so it uses a new one of its own\n");
    exit(2);
  }
  int size = snprintf(own, sizeof own, "%s%sprefix=demo-%ld-%ld", url, strchr(url, '?') == NULL ? "?" : "&",
                      (long)getpid(), (long)time(NULL));
  if (size >= (int)sizeof own) {
    fprintf(stderr, "site: the URL is too long\n");
    exit(2);
  }
  cache = gc_open(own, &err);
  check(gc_error_status(err));
  check(gc_ping(cache, &err));
  options = gc_options_new();
  check(gc_options_set_ttl_ms(options, 60 * 1000, &err)); /* leave nothing behind */
  printf("A small site on %s\n", url);
  printf("A page depends on the generations `nav` and `nav_portal:user_id`. To render one, the program\n");
  printf("sleeps for %d ms: that stands for a database. All other times are what they are.\n", RENDER_MS);
}

static void tour(void) {
  step("First visit: nothing is cached yet");
  visit(1, "home", "absent");
  visit(1, "news", "absent");

  step("Second visit");
  visit(1, "home", "hit");
  visit(1, "news", "hit");

  step("Another user has pages of their own");
  visit(2, "home", "absent");
  visit(2, "home", "hit");

  step("User 1 changes: invalidate nav_portal:user_id=1");
  double began = now_us();
  user_changes(1);
  timed("gc_invalidate", began);
  visit(1, "home", "invalidated by nav_portal:user_id=1");
  visit(1, "home", "hit");
  visit(2, "home", "hit");

  step("User 1 changes again while a page is rendered: what is stored then is never served");
  visit_while(1, "news", "invalidated by nav_portal:user_id=1", true);
  visit(1, "news", "invalidated by nav_portal:user_id=1");
  visit(1, "news", "hit");

  step("The menu changes, for everybody: invalidate nav");
  began = now_us();
  menu_changes();
  timed("gc_invalidate", began);
  visit(1, "home", "invalidated by nav");
  visit(2, "home", "invalidated by nav");
  visit(1, "home", "hit");
  visit(2, "home", "hit");

  step("Everything in the namespace goes: clear");
  began = now_us();
  check(gc_clear(cache, &err));
  timed("gc_clear", began);
  visit(1, "home", "cleared");
  visit(2, "home", "cleared");
  visit(1, "home", "hit");
}

int main(int argc, char **argv) {
  if (argc > 2) {
    fprintf(stderr, "usage: site [URL]\n");
    return 2;
  }
  open_cache(argc == 2 ? argv[1] : NULL);
  tour();
  gc_options_free(options);
  gc_close(cache);
  if (unexpected > 0) {
    printf("\n%d of the visits went otherwise than expected.\n", unexpected);
    return 1;
  }
  printf("\nEvery visit was as expected.\n");
  return 0;
}
