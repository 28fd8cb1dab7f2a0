#ifndef ALLOCATION_COUNT_H
#define ALLOCATION_COUNT_H

#include <stdbool.h>

// Counts the heap allocations of this process while it is switched on. glibc alone; elsewhere it counts none.
void allocation_count_switch(bool on);
long allocation_count_read(void);

#endif
