import Foundation

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// One server: its session, who asks, and what is done when a request fails.
final class Connection: Sendable {
    private enum Credential: Sendable {
        case none
        case key(String)
        case token(TokenSource)
    }

    let configuration: ClientConfiguration
    private let baseURL: URL
    private let credential: Credential
    private let session: URLSession
    private let router: ExchangeRouter

    init(
        _ baseURL: URL, authorization: Authorization, configuration: ClientConfiguration,
        session sessionConfiguration: URLSessionConfiguration
    ) {
        self.baseURL = baseURL
        self.configuration = configuration
        credential =
            switch authorization {
            case .none: .none
            case .apiKey(let key): .key(key)
            case .bearer(let provider): .token(TokenSource(provider))
            }
        let shortest = min(configuration.responseTimeout, configuration.silenceTimeout)
        router = ExchangeRouter(watchInterval: max(.milliseconds(10), min(.seconds(1), shortest / 4)))
        session = URLSession(configuration: sessionConfiguration, delegate: router, delegateQueue: nil)
    }

    deinit {
        // The session keeps its delegate until it is told that nothing more comes.
        session.finishTasksAndInvalidate()
    }

    /// Sends `call`, again where that may help, until its response is used.
    ///
    /// - Parameter use: reads the response, which has a status of success. It may be called more than once, when
    ///   reading fails of the connection and the call is idempotent.
    /// - Throws: ``MillraceError`` or `CancellationError`.
    func perform<Value: Sendable>(
        _ call: Call, isStream: Bool = false, _ use: (Exchange) async throws -> Value
    ) async throws -> Value {
        var isUncertain = false
        return try await perform(call, isStream: isStream, isUncertain: &isUncertain, use)
    }

    /// - Parameter isUncertain: set when an attempt fails of which nobody knows whether the server has done it.
    private func perform<Value: Sendable>(
        _ call: Call, isStream: Bool, isUncertain: inout Bool, _ use: (Exchange) async throws -> Value
    ) async throws -> Value {
        var attempt = 1
        var refusedToken: String?
        while true {
            let failure: MillraceError
            let token = try await token(otherThan: refusedToken)
            do {
                let exchange = try begin(call, token: token, isStream: isStream)
                return try await withTaskCancellationHandler {
                    try await read(exchange, use)
                } onCancel: {
                    exchange.cancel()
                }
            } catch {
                failure = try Self.told(error)
            }
            if case .problem(let problem) = failure, problem.status == 401, let token, refusedToken == nil {
                refusedToken = token
                continue
            }
            guard
                let delay = delay(call, after: failure, attempt: attempt, chance: .random(in: 0...1))
            else { throw failure }
            attempt += 1
            isUncertain = isUncertain || Self.leavesOpen(failure)
            try await Task.sleep(for: delay)
        }
    }

    /// The value that `call` is answered with.
    func value<Value: Decodable & Sendable>(_ type: Value.Type, of call: Call) async throws -> Value {
        try Wire.decode(
            type, from: try await data(of: call),
            of: "\(call.method.rawValue) /\(call.path.joined(separator: "/"))")
    }

    /// Deletes something.
    ///
    /// What is not there any more after an attempt whose end is not known was deleted by that attempt.
    func delete(_ call: Call) async throws {
        var isUncertain = false
        do {
            let limit = configuration.responseLimitBytes
            _ = try await perform(call, isStream: false, isUncertain: &isUncertain) {
                try await Self.whole($0, limitBytes: limit)
            }
        } catch MillraceError.problem(let problem) where problem.status == 404 && isUncertain {}
    }

    /// The body that `call` is answered with.
    func data(of call: Call) async throws -> Data {
        try await perform(call) {
            try await Self.whole($0, limitBytes: self.configuration.responseLimitBytes)
        }
    }

    // MARK: One attempt

    private func begin(_ call: Call, token: String?, isStream: Bool) throws -> Exchange {
        var request = URLRequest(url: try call.url(under: baseURL))
        request.httpMethod = call.method.rawValue
        // The watch over silence is the router's, which does not count the time that the reader takes.
        request.timeoutInterval = 86_400
        request.cachePolicy = .reloadIgnoringLocalCacheData
        request.setValue(call.accept, forHTTPHeaderField: "Accept")
        if let body = call.body {
            request.setValue(body.type, forHTTPHeaderField: "Content-Type")
            request.httpBody = body.data
        }
        for header in call.headers { request.setValue(header.value, forHTTPHeaderField: header.name) }
        if case .key(let key) = credential { request.setValue(key, forHTTPHeaderField: "X-API-Key") }
        if let token { request.setValue("Bearer \(token)", forHTTPHeaderField: "Authorization") }
        let task = session.dataTask(with: request)
        let exchange = Exchange(
            task,
            silenceLimit: isStream ? configuration.silenceTimeout : configuration.responseTimeout)
        router.add(exchange, for: task)
        task.resume()
        return exchange
    }

    private func read<Value>(
        _ exchange: Exchange, _ use: (Exchange) async throws -> Value
    ) async throws -> Value {
        let head = try await exchange.head()
        guard !(200..<300).contains(head.statusCode) else { return try await use(exchange) }
        let requestID = head.value(forHTTPHeaderField: "X-Request-Id")
        let body = try? await Self.whole(exchange, limitBytes: 1 << 20)
        try Task.checkCancellation()
        guard let body, var problem = try? Wire.decode(Problem.self, from: body, of: "") else {
            throw MillraceError.unexpectedResponse(status: head.statusCode, requestID: requestID)
        }
        problem.status = head.statusCode
        problem.requestID = problem.requestID ?? requestID
        problem.retryAfter = head.value(forHTTPHeaderField: "Retry-After").flatMap { Int($0) }
            .flatMap { $0 >= 0 ? .seconds($0) : nil }
        throw MillraceError.problem(problem)
    }

    private static func whole(_ exchange: Exchange, limitBytes: Int) async throws -> Data {
        var whole = Data()
        while let bytes = try await exchange.bytes() {
            guard whole.count + bytes.count <= limitBytes else {
                exchange.cancel()
                throw MillraceError.responseTooLarge(limitBytes: limitBytes)
            }
            whole.append(bytes)
        }
        return whole
    }

    // MARK: Failures

    private func token(otherThan refused: String?) async throws -> String? {
        guard case .token(let source) = credential else { return nil }
        do {
            return try await source.current(otherThan: refused)
        } catch let error as CancellationError {
            throw error
        } catch {
            throw MillraceError.authorization(error)
        }
    }

    /// A failure in this library's own words.
    ///
    /// - Throws: `CancellationError` when the caller's task was cancelled.
    static func told(_ error: any Error) throws -> MillraceError {
        try Task.checkCancellation()
        switch error {
        case let error as MillraceError: return error
        case let error as CancellationError: throw error
        case let error as ServerSentEventParser.TooLarge:
            return .responseTooLarge(limitBytes: error.limitBytes)
        default: return .connection(ConnectionFailure(error))
        }
    }

    /// Whether the server may have done what it was asked for all the same.
    private static func leavesOpen(_ failure: MillraceError) -> Bool {
        switch failure {
        case .problem(let problem): problem.status == 502 || problem.status == 504
        case .connection(let lost): !lost.failedBeforeSending
        default: true
        }
    }

    /// The pause before `call` is sent again; `nil` when it is not.
    private func delay(
        _ call: Call, after failure: MillraceError, attempt: Int, chance: Double
    ) -> Duration? {
        let isWorthwhile: Bool
        var retryAfter: Duration?
        switch failure {
        case .problem(let problem):
            retryAfter = problem.retryAfter
            isWorthwhile =
                problem.status == 429 || problem.status == 503 && retryAfter != nil
                || call.isIdempotent && (502...504).contains(problem.status)
        case .unexpectedResponse(let status, _):
            isWorthwhile = call.isIdempotent && (502...504).contains(status)
        case .connection(let lost): isWorthwhile = lost.failedBeforeSending || call.isIdempotent
        case .timedOut: isWorthwhile = call.isIdempotent
        default: isWorthwhile = false
        }
        guard isWorthwhile else { return nil }
        return configuration.retries.delay(
            afterAttempt: attempt, retryAfter: retryAfter, chance: chance)
    }
}
