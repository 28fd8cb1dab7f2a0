// PostgreSQL's own client library: the protocol, TLS, SCRAM and pipelining as its server understands them.
#pragma once
#include <libpq-fe.h>

// Characters in macros have no type that Swift agrees with.
static inline int millrace_pq_diag_sqlstate(void) { return PG_DIAG_SQLSTATE; }
static inline int millrace_pq_diag_message(void) { return PG_DIAG_MESSAGE_PRIMARY; }
static inline int millrace_pq_diag_detail(void) { return PG_DIAG_MESSAGE_DETAIL; }
static inline int millrace_pq_diag_hint(void) { return PG_DIAG_MESSAGE_HINT; }
static inline int millrace_pq_diag_constraint(void) { return PG_DIAG_CONSTRAINT_NAME; }
