import Corpus
import FlowService
import Workspace

/// Who asks, as the handlers of operations receive it. Only the ``Door`` makes one.
struct Caller: Sendable {
    /// What may be read, for this request.
    let scope: ReadScope
    /// Whose conversations, runs, files and flows these are.
    let owner: Owner
    /// For runs that are carried out later; an operation that answers at once has ``scope``.
    let reader: Reader
    /// Names the request in responses and logs.
    let requestID: String
    /// Time that the caller's work may take once its turn has come.
    let timeLimit: Duration

    fileprivate init(
        scope: ReadScope, reader: Reader, owner: Owner, requestID: String, timeLimit: Duration
    ) {
        self.scope = scope
        self.reader = reader
        self.owner = owner
        self.requestID = requestID
        self.timeLimit = timeLimit
    }

    /// The caller as flows are run for.
    var flowCaller: FlowCaller {
        FlowCaller(
            owner: owner, reader: reader, scope: scope, requestID: requestID, timeLimit: timeLimit)
    }
}

/// Where a request becomes a caller: the one place that decides who somebody is and what they may do.
struct Door: Sendable {
    let callers: CallerReader
    let scopes: any ReadScopes
    let timeLimit: Duration
    private let owners = KnownOwners()

    init(callers: CallerReader, scopes: any ReadScopes, timeLimit: Duration) {
        self.callers = callers
        self.scopes = scopes
        self.timeLimit = timeLimit
    }

    /// The caller behind `request`.
    ///
    /// Identity is by principals alone, and every principal has every scope; `scope` is asked for here so that
    /// no operation can be used without it.
    ///
    /// - Throws: ``RequestFault``.
    func admit(_ request: APIRequest, to scope: Scope) throws(RequestFault) -> Caller {
        let reader = try callers.reader(of: request)
        return Caller(
            scope: scopes.scope(for: reader), reader: reader, owner: owners.owner(of: reader),
            requestID: request.id, timeLimit: timeLimit)
    }
}
