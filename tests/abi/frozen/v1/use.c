/* Uses a store, a strategy and a serializer that Coffer does not know, through the C header. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "coffer/coffer.h"

#if defined(PLUGINS_LINKED_IN)
#define LINKED_IN(id)                                                                    \
  const coffer_plugin_info* coffer_plugin_info_v1_##id(size_t index);                    \
  coffer_status coffer_plugin_create_v1_##id(const coffer_host* host, const char* name,  \
                                             const coffer_option* options, size_t count, \
                                             coffer_instance* out, coffer_sink* sink);
LINKED_IN(toystore)
LINKED_IN(toylru)
LINKED_IN(plain)
#endif

/* Ends the program with the reason if a call did not answer what it should. */
static void want(coffer_status wanted, coffer_status status, coffer_error* error, const char* call,
                 int line) {
  if (status == wanted) return;
  fprintf(stderr, "use.c:%d: %s gave %s instead of %s: %s\n", line, call,
          coffer_status_name(status), coffer_status_name(wanted),
          error != NULL ? coffer_error_message(error) : "no error");
  exit(1);
}
#define WANT(status, call) want(COFFER_##status, call, error, #call, __LINE__)
#define CHECK(condition) \
  if (!(condition)) exit(fprintf(stderr, "use.c:%d: not so: %s\n", __LINE__, #condition) != 0)

static coffer_error* error;

/* ---- A value to store: {"n": [1, true, 2.5]} ---- */

static coffer_status play(void* self, const coffer_visitor* into, coffer_sink* sink) {
  (void)self, (void)sink;
  coffer_status status = into->map_begin(into->self, 1);
  if (status == COFFER_OK) status = into->text(into->self, "n", 1);
  if (status == COFFER_OK) status = into->list_begin(into->self, 3, COFFER_LIST);
  if (status == COFFER_OK) status = into->i64(into->self, 1);
  if (status == COFFER_OK) status = into->boolean(into->self, 1);
  if (status == COFFER_OK) status = into->f64(into->self, 2.5);
  if (status == COFFER_OK) status = into->list_end(into->self);
  if (status == COFFER_OK) status = into->map_end(into->self);
  return status;
}

static const char encoded[] = "{s1:n[0i1;td4004000000000000]}";

/* ---- Checks ---- */

static void put_text(coffer_cache* cache, const char* key, const char* value) {
  WANT(OK, coffer_put(cache, key, strlen(key), value, strlen(value), NULL, NULL, &error));
}

static void check_store(coffer_runtime* runtime) {
  coffer_cache* cache;
  WANT(OK, coffer_cache_open(runtime, "toystore://?capacity=3&serializer=plain&ttl=1h", NULL, 0,
                             &cache, &error));

  put_text(cache, "a", "first");
  coffer_entry pinned;
  WANT(OK, coffer_get(cache, "a", 1, &pinned, &error));
  put_text(cache, "a", "second");
  CHECK(pinned.size == 5 && memcmp(pinned.data, "first", 5) == 0);
  coffer_entry_release(&pinned);

  char buffer[16];
  coffer_read_info info;
  WANT(OK, coffer_read(cache, "a", 1, buffer, sizeof(buffer), &info, &error));
  CHECK(info.size == 6 && memcmp(buffer, "second", 6) == 0);
  WANT(SHORT, coffer_read(cache, "a", 1, buffer, 2, &info, &error));
  CHECK(info.size == 6);

  int64_t sum;
  WANT(OK, coffer_incr(cache, "hits", 4, 2, 40, COFFER_TTL_DEFAULT, &sum, &error));
  CHECK(sum == 42);
  coffer_put_options add = {.struct_size = sizeof(add), .mode = COFFER_PUT_ADD};
  WANT(EXISTS, coffer_put(cache, "a", 1, "x", 1, &add, NULL, &error));
  WANT(OK, coffer_touch(cache, "a", 1, COFFER_TTL_FOREVER, &error));
  coffer_ttl left;
  WANT(OK, coffer_ttl_left(cache, "a", 1, &left, &error));
  CHECK(left == COFFER_TTL_FOREVER);
  WANT(OK, coffer_delete(cache, "hits", 4, &error));
  WANT(MISS, coffer_delete(cache, "hits", 4, &error));

  put_text(cache, "b", "");
  put_text(cache, "c", "");
  put_text(cache, "d", ""); /* "a" is the oldest of four in a store for three */
  WANT(MISS, coffer_exists(cache, "a", 1, NULL, &error));

  coffer_scan* scan;
  WANT(OK, coffer_scan_open(cache, COFFER_SCAN_GLOB, "[bc]", 4, &scan, &error));
  size_t keys = 0, n = 0;
  coffer_bytes page[2];
  while (coffer_scan_next(scan, page, 2, &n, &error) == COFFER_OK) keys += n;
  CHECK(error == NULL && keys + n == 2);
  coffer_scan_release(scan);

  coffer_stats stats = {.struct_size = sizeof(stats)};
  WANT(OK, coffer_cache_stats(cache, &stats, &error));
  CHECK(stats.entries == 3 && stats.capacity == 3 && stats.evictions == 1);
  uint64_t removed;
  WANT(OK, coffer_remove_prefix(cache, "b", 1, &removed, &error));
  CHECK(removed == 1);
  WANT(OK, coffer_clear(cache, &error));
  WANT(MISS, coffer_exists(cache, "c", 1, NULL, &error));
  coffer_cache_release(cache);
}

static coffer_status load(void* user, coffer_cache* cache, coffer_lease lease, coffer_sink* sink) {
  (void)sink;
  ++*(int*)user;
  const coffer_commit commit = {.struct_size = sizeof(commit), .value = {"loaded", 6}};
  return coffer_lease_commit(cache, lease, &commit, NULL, NULL);
}

/* Leases and tags, on a store that knows neither. */
static void check_freshness(coffer_runtime* runtime) {
  coffer_cache* cache;
  WANT(OK, coffer_cache_open(runtime, "toystore://", NULL, 0, &cache, &error));
  const coffer_bytes tag = {"t", 1};
  const coffer_dependencies on = {.struct_size = sizeof(on), .tags = &tag, .tag_count = 1};
  const coffer_fetch_options options = {.struct_size = sizeof(options), .dependencies = &on};
  int loads = 0;
  coffer_entry entry;
  for (int i = 0; i < 2; ++i) {
    WANT(OK, coffer_get_or_load(cache, "k", 1, &options, load, &loads, &entry, &error));
    CHECK(entry.size == 6 && memcmp(entry.data, "loaded", 6) == 0);
    coffer_entry_release(&entry);
  }
  CHECK(loads == 1);
  WANT(OK, coffer_invalidate_tags(cache, NULL, &tag, 1, &error));
  WANT(MISS, coffer_exists(cache, "k", 1, NULL, &error));

  coffer_fetched fetched;
  WANT(OK, coffer_fetch(cache, "k", 1, &options, &fetched, &error));
  CHECK(fetched.state == COFFER_FETCH_LEAD);
  WANT(OK, coffer_invalidate_tags(cache, NULL, &tag, 1, &error));
  const coffer_commit late = {.struct_size = sizeof(late), .value = {"late", 4}};
  WANT(SUPERSEDED, coffer_lease_commit(cache, fetched.lease, &late, NULL, &error));
  WANT(MISS, coffer_exists(cache, "k", 1, NULL, &error));
  coffer_cache_release(cache);
}

static void check_serializer(coffer_runtime* runtime) {
  coffer_cache* cache;
  WANT(OK, coffer_cache_open(runtime, "toystore://?serializer=plain", NULL, 0, &cache, &error));
  const coffer_value value = {NULL, play};
  WANT(OK, coffer_put_value(cache, "v", 1, &value, NULL, NULL, &error));
  coffer_entry entry;
  WANT(OK, coffer_get(cache, "v", 1, &entry, &error));
  CHECK(entry.format == 2001 && entry.size == sizeof(encoded) - 1);
  CHECK(memcmp(entry.data, encoded, entry.size) == 0);
  coffer_entry_release(&entry);
  coffer_cache_release(cache);

  coffer_serializer_handle* plain;
  WANT(OK, coffer_serializer_open(runtime, "plain", NULL, 0, &plain, &error));
  coffer_decoding decoding = {plain, {encoded, sizeof(encoded) - 1}, NULL};
  coffer_value decoded;
  coffer_decoding_value(&decoding, &decoded);
  coffer_buffer again;
  WANT(OK, coffer_encode(plain, &decoded, NULL, &again, &error));
  CHECK(again.size == sizeof(encoded) - 1 && memcmp(again.data, encoded, again.size) == 0);
  coffer_buffer_release(&again);

  decoding.bytes.size -= 1;
  WANT(CORRUPT, coffer_encode(plain, &decoded, NULL, &again, &error));
  CHECK(coffer_error_detail(error, "offset") != NULL);
  coffer_error_release(error);
  coffer_serializer_release(plain);
}

/* The bundled store, ordered by a strategy from here. */
static void check_strategy(coffer_runtime* runtime) {
  coffer_cache* cache;
  WANT(OK, coffer_cache_open(runtime, "memory://?capacity=100&strategy=toylru", NULL, 0, &cache,
                             &error));
  char key[16];
  for (int i = 0; i < 10000; ++i) {
    snprintf(key, sizeof(key), "key %d", i);
    put_text(cache, key, "value");
  }
  WANT(OK, coffer_exists(cache, key, strlen(key), NULL, &error));
  coffer_stats stats = {.struct_size = sizeof(stats)};
  WANT(OK, coffer_cache_stats(cache, &stats, &error));
  CHECK(stats.entries > 0 && stats.entries <= 100 && stats.evictions >= 9900);
  coffer_cache_release(cache);
}

int main(void) {
#if defined(PLUGINS_LINKED_IN)
  WANT(OK, coffer_plugin_register(coffer_plugin_info_v1_toystore, coffer_plugin_create_v1_toystore,
                                  &error));
  WANT(OK, coffer_plugin_register(coffer_plugin_info_v1_toylru, coffer_plugin_create_v1_toylru,
                                  &error));
  WANT(OK,
       coffer_plugin_register(coffer_plugin_info_v1_plain, coffer_plugin_create_v1_plain, &error));
#endif
  coffer_runtime* runtime;
  WANT(OK, coffer_runtime_create(NULL, 0, &runtime, &error));
  check_store(runtime);
  check_freshness(runtime);
  check_serializer(runtime);
  check_strategy(runtime);
  coffer_runtime_release(runtime);
  puts("a store, a serializer and a strategy of other people work");
  return 0;
}
