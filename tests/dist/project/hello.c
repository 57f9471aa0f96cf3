/* What a C program does first: put and get. */
#include <coffer/coffer.h>
#include <stdio.h>
#include <string.h>

static int failed(coffer_error* error) {
  fprintf(stderr, "hello: %s\n", coffer_error_message(error));
  coffer_error_release(error);
  return 1;
}

/* hello [URL] */
int main(int argc, char** argv) {
  const char* url = argc > 1 ? argv[1] : "memory://?capacity=100";
  coffer_error* error;
  coffer_runtime* runtime;
  coffer_cache* cache;
  coffer_entry entry;
  if (coffer_runtime_create(NULL, 0, &runtime, &error) != COFFER_OK) return failed(error);
  if (coffer_cache_open(runtime, url, NULL, 0, &cache, &error) != COFFER_OK) return failed(error);
  if (coffer_put(cache, "greeting", 8, "hello", 5, NULL, NULL, &error) != COFFER_OK) {
    return failed(error);
  }
  if (coffer_get(cache, "greeting", 8, &entry, &error) != COFFER_OK) return failed(error);
  printf("%.*s from coffer %s\n", (int)entry.size, (const char*)entry.data, coffer_version());
  coffer_entry_release(&entry);
  coffer_cache_release(cache);
  coffer_runtime_release(runtime);
  return 0;
}
