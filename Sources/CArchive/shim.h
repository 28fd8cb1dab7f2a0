// Zip reading: Swift's Foundation has none, and libarchive checks lengths and checksums as it streams.
#pragma once
#include <archive.h>
#include <archive_entry.h>
