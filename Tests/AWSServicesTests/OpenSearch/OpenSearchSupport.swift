import Concurrency
import Foundation
import JSONValue
import Synchronization
import TestSupport
import Transport

@testable import AWSServices

/// A client that answers some requests itself and passes the others on.
final class ScriptedClient: HTTPClient {
    private let next: any HTTPClient
    private let answer: @Sendable (Int, HTTPRequest) throws(TransportError) -> HTTPResponse?
    private let sent = Mutex<[HTTPRequest]>([])

    /// - Parameter answer: of a request by its number from 0 on; `nil` to pass it on.
    init(
        _ next: any HTTPClient = ReplayHTTPClient([]),
        _ answer: @escaping @Sendable (Int, HTTPRequest) throws(TransportError) -> HTTPResponse?
    ) {
        self.next = next
        self.answer = answer
    }

    /// Every request so far, in order.
    var requests: [HTTPRequest] { sent.withLock { $0 } }

    func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        let number = sent.withLock { sent in
            sent.append(request)
            return sent.count - 1
        }
        if let known = try answer(number, request) { return known }
        return try await next.send(request)
    }

    func stream(_ request: HTTPRequest) async throws(TransportError) -> HTTPStreamedResponse {
        throw .invalidRequest(reason: "nothing is streamed")
    }
}

extension HTTPResponse {
    static func json(
        _ text: String, status: Int = 200, headers: [(name: String, value: String)] = []
    ) -> HTTPResponse {
        HTTPResponse(head: HTTPResponseHead(status: status, headers: headers), body: Data(text.utf8))
    }
}

extension HTTPRequest {
    /// Path and query.
    var target: String {
        String(url.drop { $0 != ":" }.dropFirst(3).drop { $0 != "/" })
    }

    var text: String { String(decoding: body.data ?? Data(), as: UTF8.self) }
}

extension AWSDouble {
    /// Its OpenSearch, without retries unless told.
    func openSearch(
        serverless: Bool = false, http: (any HTTPClient)? = nil, attempts: Int = 1,
        timeout: Duration = .seconds(20)
    ) async throws -> OpenSearch {
        let account = try await AWSAccount(
            environment: AWSEnvironment(variables: ["AWS_MAX_ATTEMPTS": "\(attempts)"]), region: "us-east-1",
            credentials: StaticCredentials(credentials), http: http ?? self.http, localHTTP: self.http,
            clock: ManualClock())
        return try OpenSearch(
            account, serverless: serverless, endpoint: try url, timeout: timeout, clock: ManualClock())
    }

    private var url: URL {
        get throws {
            guard let url = URL(string: endpoint) else { throw URLError(.badURL) }
            return url
        }
    }

    /// What its OpenSearch was asked, as `METHOD PATH` with the body's text.
    func searchRequests() async throws -> [(operation: String, body: String)] {
        let all = try JSONValue(parsing: try await requestsText())
        return (all.array ?? []).map { ($0["operation"]?.string ?? "", $0["body"]?.string ?? "") }
    }
}

/// An OpenSearch of one's own whose answers are a script.
func scriptedOpenSearch(
    _ client: ScriptedClient, login: OpenSearch.Login? = nil, attempts: Int = 1,
    clock: any Clock<Duration> = ManualClock()
) throws -> OpenSearch {
    guard let url = URL(string: "https://search.example.com:9200") else { throw URLError(.badURL) }
    return try OpenSearch(endpoint: url, login: login, http: client, attempts: attempts, clock: clock)
}

/// Calls `call`, which must throw an ``OpenSearchError``.
func openSearchError<Value>(
    _ call: () async throws -> Value
) async -> OpenSearchError? {
    do {
        _ = try await call()
        return nil
    } catch {
        return error as? OpenSearchError
    }
}
