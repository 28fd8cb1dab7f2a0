import Transport

extension OpenSearchError {
    /// What a failed call comes to.
    init(_ error: AWSError, _ call: OpenSearch.Call, _ kind: OpenSearch.Kind) {
        switch error {
        case .refused(let refusal): self = Self.of(refusal, call, kind)
        case .unexpectedResponse(_, _, let reason, let requestID):
            self = .unexpectedResponse(operation: call.name, reason: reason, requestID: requestID)
        case .invalidOperation(_, _, let reason):
            self = .invalidOperation(operation: call.name, reason: reason)
        case .transport(.timedOut(let host, let limit)):
            self = .timedOut(
                Details(
                    operation: call.name, index: call.index, status: 0,
                    reason: "\(host) did not answer within \(limit)"))
        case .transport(let error): self = .transport(error)
        case .damagedStream, .damagedObject, .noEndpoint, .missingCredentials, .noCredentials,
            .credentialsFailed, .invalidSettings:
            self = .aws(error)
        }
    }

    private static let conflicts: Set<String> = [
        "version_conflict_engine_exception", "resource_already_exists_exception",
    ]
    private static let overload: Set<String> = [
        "rejected_execution_exception", "es_rejected_execution_exception", "circuit_breaking_exception",
        "open_search_rejected_execution_exception",
    ]
    private static let timeouts: Set<String> = [
        "process_cluster_event_timeout_exception", "timeout_exception", "receive_timeout_transport_exception",
        "search_timeout_exception",
    ]

    private static func of(
        _ refusal: AWSError.Refusal, _ call: OpenSearch.Call, _ kind: OpenSearch.Kind
    ) -> OpenSearchError {
        let details = Details(
            operation: call.name, index: call.index, status: refusal.status, type: refusal.code,
            reason: refusal.message, requestID: refusal.requestID)
        if let error = signatureError(refusal) { return .aws(error) }
        if refusal.code == "index_not_found_exception" { return .indexMissing(details) }
        if conflicts.contains(refusal.code) { return .conflict(details) }
        if overload.contains(refusal.code) || refusal.kind == .throttled { return .throttled(details) }
        if timeouts.contains(refusal.code) { return .timedOut(details) }
        switch refusal.status {
        case 401, 403: return .denied(action: action(refusal, call, kind), details)
        case 404: return .notFound(details)
        case 408, 504: return .timedOut(details)
        case 409, 412: return .conflict(details)
        case 400..<500: return .badRequest(details)
        case 500..<600: return .unavailable(details)
        default: return .aws(.refused(refusal))
        }
    }

    /// Keys and signatures that AWS does not take.
    private static func signatureError(_ refusal: AWSError.Refusal) -> AWSError? {
        let kinds: [AWSError.Refusal.Kind] = [
            .expiredCredentials, .invalidCredentials, .clockSkew, .wrongRegion,
        ]
        return kinds.contains(refusal.kind) ? .refused(refusal) : nil
    }

    /// What is not allowed: as the refusal names it, or what the call takes.
    private static func action(
        _ refusal: AWSError.Refusal, _ call: OpenSearch.Call, _ kind: OpenSearch.Kind
    ) -> String {
        if let denied = refusal.denied { return denied.action }
        // A cluster with roles of its own: `no permissions for [indices:data/read/search] and User [name=…]`.
        if let start = refusal.message.firstRange(of: "no permissions for [") {
            let action = refusal.message[start.upperBound...].prefix { $0 != "]" }
            if !action.isEmpty { return String(action) }
        }
        switch kind {
        case .serverless: return "aoss:\(call.permission)"
        case .service:
            return "es:ESHttp\(call.method.prefix(1))\(call.method.dropFirst().lowercased())"
        case .selfHosted: return "\(call.method) \(call.name)"
        }
    }
}
