/* Every exported function from real C, on the embedded store: the direct ones. */
#include "c_test.h"

int failures;

static const char *const gens[] = {"nav", "nav_portal:user_id"};

static void test_miss_fill_hit(gc_cache *cache) {
  const gc_arg args[] = {gc_int("user_id", 1), gc_str("page", "home")};
  gc_entry *entry = NULL;
  gc_error *err = NULL;
  CHECK(gc_get(cache, gens, COUNT(gens), args, COUNT(args), &entry, &err) == GC_MISS);
  CHECK(err == NULL);
  CHECK(gc_entry_reason(entry) == GC_REASON_ABSENT);
  CHECK(gc_entry_data(entry) == NULL && gc_entry_size(entry) == 0 && gc_entry_type(entry) == -1);
  CHECK(gc_entry_age_ms(entry) == -1 && gc_entry_remaining_ms(entry) == -1);
  CHECK(strcmp(gc_entry_key(entry), "nav,nav_portal:user_id=1|page=\"home\"") == 0);
  CHECK(gc_fill(entry, "<html>", 6, NULL, &err) == GC_OK);
  gc_entry_free(entry);

  CHECK(gc_get(cache, gens, COUNT(gens), args, COUNT(args), &entry, &err) == GC_OK);
  CHECK(gc_entry_reason(entry) == GC_REASON_HIT && strcmp(gc_entry_generation(entry), "") == 0);
  CHECK(is(entry, "<html>") && gc_entry_type(entry) == GC_BYTES);
  CHECK(gc_entry_age_ms(entry) >= 0 && gc_entry_remaining_ms(entry) == -1);
  gc_entry_free(entry);

  CHECK(gc_invalidate(cache, "nav_portal:user_id", args, COUNT(args), &err) == GC_OK);
  CHECK(gc_get(cache, gens, COUNT(gens), args, COUNT(args), &entry, &err) == GC_MISS);
  CHECK(gc_entry_reason(entry) == GC_REASON_INVALIDATED);
  CHECK(strcmp(gc_entry_generation(entry), "nav_portal:user_id=1") == 0);
  gc_entry_free(entry);
}

static void test_typed_values(gc_cache *cache) {
  const gc_arg args[] = {gc_null("a"),
                         gc_bool("b", 1),
                         gc_uint("c", UINT64_MAX),
                         gc_double("d", 0.5),
                         gc_text("e", "two\nlines", 9),
                         gc_bytes(NULL, "\0\r\n", 3)};
  const gc_value values[] = {gc_value_null(),
                             gc_value_bool(7),
                             gc_value_int(-5),
                             gc_value_uint(5),
                             gc_value_double(-1.5),
                             gc_value_str("text"),
                             gc_value_str(NULL),
                             gc_value_data(GC_JSON, "{}", 2),
                             gc_value_data(GC_PRIVATE + 15, "", 0)};
  for (size_t i = 0; i < COUNT(values); ++i) {
    gc_entry *entry = NULL;
    gc_value value;
    CHECK(gc_set_value(cache, gens, 1, args, COUNT(args), values[i], NULL, NULL) == GC_OK);
    CHECK(gc_get(cache, gens, 1, args, COUNT(args), &entry, NULL) == GC_OK);
    CHECK(gc_entry_value(entry, &value, NULL) == GC_OK);
    CHECK(value.type == (values[i].type == GC_UINT ? GC_INT : values[i].type));
    CHECK(value.size == values[i].size);
    if (value.size > 0) {
      CHECK(memcmp(value.as.data, values[i].as.data, value.size) == 0);
    } else if (value.type != GC_NULL && value.type < GC_PRIVATE) {
      CHECK(value.as.u == values[i].as.u);
    }
    gc_entry_free(entry);
  }
}

static void test_writes(gc_cache *cache) {
  gc_options *options = gc_options_new();
  gc_entry *entry = NULL;
  CHECK(gc_options_set_ttl_ms(options, 60000, NULL) == GC_OK);
  CHECK(gc_set(cache, gens, 1, NULL, 0, "old", 3, options, NULL) == GC_OK);
  CHECK(gc_get(cache, gens, 1, NULL, 0, &entry, NULL) == GC_OK);
  CHECK(gc_entry_remaining_ms(entry) > 0 && gc_entry_remaining_ms(entry) <= 60000);
  gc_entry_free(entry);
  gc_options_free(options);

  CHECK(gc_delete(cache, gens, 1, NULL, 0, NULL) == GC_OK);
  CHECK(gc_get(cache, gens, 1, NULL, 0, &entry, NULL) == GC_MISS);
  CHECK(gc_fill_value(entry, gc_value_int(42), NULL, NULL) == GC_OK);
  gc_entry_free(entry);

  CHECK(gc_invalidate_many(cache, gens, 1, NULL, 0, NULL) == GC_OK);
  CHECK(gc_get(cache, gens, 1, NULL, 0, &entry, NULL) == GC_MISS);
  CHECK(gc_fill(entry, "new", 3, NULL, NULL) == GC_OK);
  gc_entry_free(entry);

  CHECK(gc_clear(cache, NULL) == GC_OK);
  CHECK(gc_get(cache, gens, 1, NULL, 0, &entry, NULL) == GC_MISS);
  CHECK(gc_entry_reason(entry) == GC_REASON_CLEARED);
  CHECK(strcmp(gc_reason_name(gc_entry_reason(entry)), "cleared") == 0);
  gc_entry_free(entry);
}

static void test_bound(gc_cache *cache) {
  const gc_arg params[] = {gc_param("user_id"), gc_str("page", "home")};
  const gc_arg by_position[] = {gc_int(NULL, 7)};
  const gc_arg by_name[] = {gc_str("page", "home"), gc_int("user_id", 7)};
  gc_error *err = NULL;
  gc_entry *entry = NULL;
  gc_bound *bound = gc_bind(cache, gens, COUNT(gens), params, COUNT(params), NULL, &err);
  CHECK(bound != NULL && err == NULL);
  CHECK(gc_bound_set(bound, by_position, COUNT(by_position), "seven", 5, NULL, &err) == GC_OK);
  CHECK(gc_bound_get(bound, by_name, COUNT(by_name), &entry, &err) == GC_OK);
  CHECK(is(entry, "seven"));
  gc_entry_free(entry);
  CHECK(gc_bound_set_value(bound, by_name, COUNT(by_name), gc_value_bool(0), NULL, &err) == GC_OK);
  CHECK(gc_bound_invalidate(bound, by_position, COUNT(by_position), &err) == GC_OK);
  CHECK(gc_bound_get(bound, by_position, COUNT(by_position), &entry, &err) == GC_MISS);
  CHECK(strcmp(gc_entry_generation(entry), "nav_portal:user_id=7") == 0);
  gc_entry_free(entry);
  CHECK(gc_bound_delete(bound, by_position, COUNT(by_position), &err) == GC_OK);
  gc_bound_free(bound);
}

static void test_errors(gc_cache *cache) {
  gc_error *err = NULL;
  CHECK(gc_invalidate(cache, "", NULL, 0, &err) == GC_ERR_ARGUMENT);
  CHECK(gc_error_status(err) == GC_ERR_ARGUMENT && gc_error_message(err)[0] != '\0');
  CHECK(gc_invalidate(cache, "nav", NULL, 0, &err) == GC_OK && err == NULL);
  CHECK(gc_open("nowhere", &err) == NULL && gc_error_status(err) == GC_ERR_ARGUMENT);
  gc_error_free(err);
  CHECK(gc_error_status(NULL) == GC_OK && strcmp(gc_error_message(NULL), "") == 0);
  CHECK(gc_error_origin(NULL) == 0);
  CHECK(strcmp(gc_status_name(GC_MISS), "GC_MISS") == 0);
}

static void test_timeout(gc_cache *cache) {
  gc_error *err = NULL;
  gc_cache *hurried = gc_with_timeout(cache, 5000, &err);
  const char *generations[] = {"timeout"};
  gc_entry *entry = NULL;
  CHECK(hurried != NULL && err == NULL);
  CHECK(gc_set(hurried, generations, 1, NULL, 0, "x", 1, NULL, NULL) == GC_OK);
  gc_close(hurried);
  CHECK(gc_get(cache, generations, 1, NULL, 0, &entry, NULL) == GC_OK);
  gc_entry_free(entry);
}

static void count_messages(void *payload, int32_t level, const char *message) {
  CHECK(level >= GC_LOG_ERROR && level <= GC_LOG_DEBUG && message[0] != '\0');
  ++*(int *)payload;
}

static void test_inside(gc_cache *cache) {
  int messages = 0;
  gc_entry *entry = NULL;
  char *text = NULL;
  CHECK(strcmp(gc_version(), GC_VERSION) == 0);
  CHECK(gc_ping(cache, NULL) == GC_OK);
  CHECK(gc_explain(cache, gens, 1, NULL, 0, &text, NULL) == GC_OK);
  CHECK(text != NULL && strstr(text, "nav") != NULL);
  gc_string_free(text);
  {
    uint64_t number = 7;
    CHECK(gc_server_errors(cache, 0, &text, &number, NULL) == GC_OK && strcmp(text, "memory") == 0 && number == 0);
    gc_string_free(text);
    CHECK(gc_server_errors(cache, 1, &text, &number, NULL) == GC_MISS && text == NULL);
    CHECK(gc_top_generation(cache, 0, &text, &number, NULL) == GC_OK && number >= 1);
    gc_string_free(text);
    CHECK(gc_top_generation(cache, 64, &text, &number, NULL) == GC_MISS && text == NULL && number == 0);
  }
  CHECK(gc_key(cache, gens, 1, NULL, 0, &text, NULL) == GC_OK && strcmp(text, "nav") == 0);
  gc_string_free(text);
  gc_set_log(cache, count_messages, &messages, GC_LOG_DEBUG);
  CHECK(gc_clear(cache, NULL) == GC_OK);
  CHECK(gc_get(cache, gens, 1, NULL, 0, &entry, NULL) == GC_MISS);
  gc_entry_free(entry);
  CHECK(messages >= 1);
  gc_set_log(cache, NULL, NULL, GC_LOG_ERROR);
}

int main(void) {
  gc_error *err = NULL;
  gc_cache *cache = gc_open("memory://", &err);
  if (cache == NULL) {
    fprintf(stderr, "gc_open: %s\n", gc_error_message(err));
    return 1;
  }
  test_miss_fill_hit(cache);
  test_typed_values(cache);
  test_writes(cache);
  test_bound(cache);
  test_errors(cache);
  test_inside(cache);
  test_timeout(cache);
  test_computing(cache);
  gc_close(cache);
  printf("%d failures\n", failures);
  return failures == 0 ? 0 : 1;
}
