#include "allocation_count.h"

#include <errno.h>
#include <stdatomic.h>
#include <stddef.h>

static _Atomic bool is_on;
static _Atomic long count;

void allocation_count_switch(bool on) { atomic_store(&is_on, on); }
long allocation_count_read(void) { return atomic_load(&count); }

#ifdef __GLIBC__
// An executable's own malloc comes before the library's, for every library of the process; glibc lets the original
// be called by these names.
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

static void note(void) {
    if (atomic_load_explicit(&is_on, memory_order_relaxed)) {
        atomic_fetch_add_explicit(&count, 1, memory_order_relaxed);
    }
}

void *malloc(size_t size) {
    note();
    return __libc_malloc(size);
}

void *calloc(size_t number, size_t size) {
    note();
    return __libc_calloc(number, size);
}

void *realloc(void *old, size_t size) {
    note();
    return __libc_realloc(old, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
    note();
    return __libc_memalign(alignment, size);
}

int posix_memalign(void **result, size_t alignment, size_t size) {
    note();
    *result = __libc_memalign(alignment, size);
    return *result == NULL ? ENOMEM : 0;
}
#endif
