// Redis's own client library: the protocol, timeouts and TLS as its servers understand them.
#pragma once
#include <hiredis/hiredis.h>
