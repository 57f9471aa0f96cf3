/* Ends the process that loads it. */
#include <stdlib.h>

#include "good.c"

__attribute__((constructor)) static void end(void) { abort(); }
