// Swift cannot find Debian's cblas.h by itself: it lies in a folder for the architecture.
#pragma once
#include <cblas.h>
