/* coffer/condition.h: what the condition of a query says about rows: so that every binding derives
 * dependencies alike.
 *
 * The condition of a query (its WHERE, and what joins its tables) becomes, for each space it reads,
 * a disjunction of conjunctions of `column = value`: rows that satisfy none of them cannot change
 * the query's result. What equality cannot express is left out, which makes a conjunction weaker
 * and never wrong; a conjunction with nothing left is satisfied by every row. A pure function: it
 * needs no cache and keeps nothing. */
#ifndef COFFER_CONDITION_H_
#define COFFER_CONDITION_H_

#include "coffer/dependency.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A table of the query: the space it stands for, and the name by which terms call it (an alias: the
 * same space may come several times). Frozen. */
enum {
  /* Outer-joined: the query may have no row of it. IS NULL then says nothing about rows, and is
     taken as UNKNOWN. */
  COFFER_SOURCE_OPTIONAL = 1u
};
typedef struct coffer_source {
  coffer_bytes name;  /* UTF-8, 1 to 255 bytes, each once */
  coffer_bytes space; /* UTF-8, 1 to 255 bytes */
  uint32_t flags;     /* COFFER_SOURCE_* */
  uint32_t reserved;  /* zero */
} coffer_source;

/* The condition as a list in postfix order: operands come before what combines them. `(a OR b) AND
 * NOT c` is a, b, OR 2, c, NOT, AND 2. */
enum {
  COFFER_TERM_EQUAL = 1,   /* column = value (one); a value of null means IS NULL */
  COFFER_TERM_IN = 2,      /* column IN values; none: as NOTHING */
  COFFER_TERM_IS_NULL = 3, /* column IS NULL */
  COFFER_TERM_UNKNOWN = 4, /* may hold or not: comparisons, functions, subqueries (whose tables must
                              be sources too), and equality where the database calls equal what is
                              not the same value, as text regardless of case */
  COFFER_TERM_NOTHING = 5, /* holds never */
  COFFER_TERM_NOT = 6,     /* of the operand before it */
  COFFER_TERM_AND = 7,     /* of the `count` operands before it; of none: holds always */
  COFFER_TERM_OR = 8       /* of the `count` operands before it; of none: holds never */
};
typedef struct coffer_term {
  int32_t op;          /* COFFER_TERM_* */
  uint32_t count;      /* AND, OR: how many operands, else 0 */
  coffer_bytes source; /* EQUAL, IN, IS_NULL: of which source; empty: the first */
  coffer_bytes column; /* UTF-8, 1 to 255 bytes */
  const coffer_datum* values;
  size_t value_count;
} coffer_term; /* Frozen. */

/* left.column = right.column holds in every row of the result (or the optional source has none):
 * what is known of one is then known of the other. The columns must be declared alike. Frozen. */
typedef struct coffer_join {
  coffer_bytes left_source;
  coffer_bytes left_column;
  coffer_bytes right_source;
  coffer_bytes right_column;
} coffer_join;

/* Start from all zero with struct_size set. Append only. */
typedef struct coffer_condition {
  uint32_t struct_size;
  uint32_t long_list;   /* an IN of so many values or more is UNKNOWN; 0: 8 */
  uint32_t most_stamps; /* the result has at most so many spaces and conjunctions in all, 1 to 40;
                           what would be more is made weaker; 0: 32 */
  uint32_t reserved;    /* zero */
  const coffer_source* sources; /* all tables that the query reads, at least one */
  size_t source_count;
  const coffer_term* terms; /* postfix; none: holds always */
  size_t term_count;
  const coffer_join* joins;
  size_t join_count;
} coffer_condition;

/* The disjunctions of all spaces of a query. Immutable. */
typedef struct coffer_dnf coffer_dnf;

/* Reduces a condition. Copies what it keeps. The caller releases *out. COFFER_INVALID_ARGUMENT
 * names the term that is wrong. [any-thread no-block] */
COFFER_API coffer_status coffer_condition_reduce(const coffer_condition* condition,
                                                 coffer_dnf** out, coffer_error** error);

/* One item for each space, in the order of the sources, ready for coffer_dependencies; `count` 0 in
 * one of them means that no row of that space can matter. Valid until the release. [any-thread] */
COFFER_API const coffer_rows* coffer_dnf_rows(const coffer_dnf* dnf, size_t* count);

/* NULL is allowed. [any-thread] */
COFFER_API void coffer_dnf_release(coffer_dnf* dnf);

#ifdef __cplusplus
}
#endif
#endif /* COFFER_CONDITION_H_ */
