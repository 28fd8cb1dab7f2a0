import Corpus

/// Who asks, as the handlers of operations receive it. Only the ``Door`` makes one.
struct Caller: Sendable {
    /// What may be read, for this request.
    let scope: ReadScope
    /// Names the request in responses and logs.
    let requestID: String
    /// Time that the caller's work may take once its turn has come.
    let timeLimit: Duration

    fileprivate init(scope: ReadScope, requestID: String, timeLimit: Duration) {
        self.scope = scope
        self.requestID = requestID
        self.timeLimit = timeLimit
    }
}

/// Where a request becomes a caller: the one place that decides who somebody is and what they may do.
struct Door: Sendable {
    let callers: CallerReader
    let scopes: any ReadScopes
    let timeLimit: Duration

    /// The caller behind `request`.
    ///
    /// Identity is by principals alone, and every principal has every scope; `scope` is asked for here so that
    /// no operation can be used without it.
    ///
    /// - Throws: ``RequestFault``.
    func admit(_ request: APIRequest, to scope: Scope) throws(RequestFault) -> Caller {
        Caller(
            scope: scopes.scope(for: try callers.reader(of: request)), requestID: request.id,
            timeLimit: timeLimit)
    }
}
