/* coffer/dependency.h: what a cached value was computed from, and the events that end it.
 *
 * A dependency is a tag ("user:7"), or rows of a space (a table): those that satisfy one of a few
 * conjunctions of `column = value`. Each has a stamp that stands for its present state. An entry
 * remembers the stamps of its dependencies as they were before it was computed; an event moves
 * stamps; an entry whose stamps have moved is missing from then on, however many entries that are.
 * Tags and spaces belong to a store and the `scope` option of the handle (by default its namespace
 * as it was opened, shared by all handles derived from it). */
#ifndef COFFER_DEPENDENCY_H_
#define COFFER_DEPENDENCY_H_

#include "coffer/cache.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Typed values -------------------------------------------------------------------------------
 * One value of a column. Equal values are one value however they are written: 1, 1.0 and decimal
 * "1.00" agree, and so do "1.5" and "1.50" as decimals; -0.0 is 0 and every NaN is the same. Text,
 * bytes and numbers never agree with each other, unless the column is declared (coffer_space_declare).
 * Frozen. */
enum {
  COFFER_DATUM_NULL = 1,
  COFFER_DATUM_BOOL = 2,    /* i64: 0 or 1; a number where the column is one */
  COFFER_DATUM_I64 = 3,     /* i64 */
  COFFER_DATUM_U64 = 4,     /* i64: the same 64 bits, unsigned */
  COFFER_DATUM_F64 = 5,     /* f64 */
  COFFER_DATUM_DECIMAL = 6, /* bytes: ASCII, "-12.50", "1E+3"; any number of digits up to 4096 */
  COFFER_DATUM_TEXT = 7,    /* bytes: UTF-8 */
  COFFER_DATUM_BYTES = 8,   /* bytes */
  COFFER_DATUM_DATE = 9,    /* i64: days since 1970-01-01 */
  COFFER_DATUM_TIME = 10,   /* i64: nanoseconds since midnight */
  COFFER_DATUM_DATETIME =
      11, /* i64: seconds since 1970-01-01 00:00 by the wall, and nanos: without a zone */
  COFFER_DATUM_INSTANT =
      12, /* i64: seconds since the epoch in UTC, and nanos: a datetime with a zone */
  COFFER_DATUM_UUID = 13 /* bytes: 16, network order */
};
typedef struct coffer_datum {
  int32_t type;   /* COFFER_DATUM_* */
  uint32_t nanos; /* DATETIME, INSTANT: 0 to 999999999, else 0 */
  int64_t i64;
  double f64;
  coffer_bytes bytes;
} coffer_datum;

/* `column = value`: a term of a conjunction, or a field of a row. Frozen. */
typedef struct coffer_cell {
  coffer_bytes column; /* UTF-8, 1 to 255 bytes */
  coffer_datum value;
} coffer_cell;

/* Cells with distinct columns: a conjunction (none: every row satisfies it), or a row. Frozen. */
typedef struct coffer_cells {
  const coffer_cell* cells;
  size_t count;
} coffer_cells;

/* ---- Dependencies ---------------------------------------------------------------------------- */

/* Rows of a space that satisfy any of `count` conjunctions. With none at all no row can matter, and
 * the dependency is as good as absent. Frozen. */
typedef struct coffer_rows {
  coffer_bytes space; /* UTF-8, 1 to 255 bytes */
  const coffer_cells* any;
  size_t count;
} coffer_rows;

/* All that a value depends on. At most 40 stamps in all: one a tag, one a space, one a conjunction;
 * more is COFFER_TOO_LARGE. Start from all zero with struct_size set. Append only. */
typedef struct coffer_dependencies {
  uint32_t struct_size;
  uint32_t reserved;        /* zero */
  const coffer_bytes* tags; /* 1 to 255 bytes each */
  size_t tag_count;
  const coffer_rows* rows;
  size_t row_count;
} coffer_dependencies;

/* ---- Columns ------------------------------------------------------------------------------------
 * A declared column converts every value, of conditions and of rows alike, before values are
 * compared; a value that cannot be converted is COFFER_INVALID_ARGUMENT and names the column. A
 * null is allowed in each. */
enum {
  COFFER_COLUMN_ANY = 1,     /* as if not declared */
  COFFER_COLUMN_BOOL = 2,    /* booleans, and numbers 0 and 1 */
  COFFER_COLUMN_INTEGER = 3, /* numbers without a fraction, booleans, text that is one: "12" */
  COFFER_COLUMN_FLOAT = 4,   /* numbers, rounded to a double: 0.1 equals decimal "0.1" */
  COFFER_COLUMN_DECIMAL =
      5, /* numbers, exactly; a double by its shortest decimal; text that is one */
  COFFER_COLUMN_TEXT = 6,
  COFFER_COLUMN_BYTES = 7, /* bytes, and text as its UTF-8 */
  COFFER_COLUMN_DATE = 8,  /* dates, datetimes at midnight */
  COFFER_COLUMN_TIME = 9,
  COFFER_COLUMN_DATETIME = 10, /* datetimes, and dates as their midnight */
  COFFER_COLUMN_INSTANT = 11,
  COFFER_COLUMN_UUID =
      12 /* UUIDs, 16 bytes, text of 32 hexadecimal digits with or without hyphens */
};
typedef struct coffer_column {
  coffer_bytes name;
  int32_t type;      /* COFFER_COLUMN_* */
  uint32_t reserved; /* zero */
} coffer_column;

/* Declares columns of a space; columns declared before stay. Declaring one again as another type is
 * COFFER_INVALID_STATE: entries computed under the old type could no longer be found. Declare
 * before use, the same way in every process. [any-thread no-block] */
COFFER_API coffer_status coffer_space_declare(coffer_cache* cache, coffer_bytes space,
                                              const coffer_column* columns, size_t count,
                                              coffer_error** error);

#ifdef __cplusplus
}
#endif
#endif /* COFFER_DEPENDENCY_H_ */
