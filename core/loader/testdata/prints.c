/* Prints to standard output as it is loaded. */
#include <stdio.h>

#include "good.c"

__attribute__((constructor)) static void print(void) { puts("a plugin was here"); }
