import Concurrency
import Foundation
import JSONValue
import Synchronization
import TestSupport
import Testing
import Transport

@testable import AWSServices

extension AWSDouble {
    /// An account there, whose waits pass at once.
    func managedAccount(http: (any HTTPClient)? = nil, attempts: Int = 1) async throws -> AWSAccount {
        try await AWSAccount(
            environment: AWSEnvironment(variables: [
                "AWS_ENDPOINT_URL": endpoint, "AWS_MAX_ATTEMPTS": "\(attempts)",
            ]), region: "us-east-1", credentials: StaticCredentials(credentials), http: http ?? self.http,
            localHTTP: self.http, clock: ManualClock())
    }

    /// The operations and bodies that were asked so far, in order.
    func calls() async throws -> [(operation: String, body: JSONValue)] {
        let all = try JSONValue(parsing: try await requestsText()).array ?? []
        return all.map { ($0["operation"]?.string ?? "", $0["body"] ?? .null) }
    }
}

/// A service whose answers are given, in order.
func replayed(
    _ description: AWSServiceDescription, _ answers: [String], status: Int = 200
) throws -> (service: AWSService, http: ReplayHTTPClient) {
    let endpoint = "https://replay.example.com"
    let http = ReplayHTTPClient(
        answers.map {
            .init(method: "POST", url: "\(endpoint)/", status: status, body: Data($0.utf8))
        })
    let service = try AWSService(
        description, region: "us-east-1",
        credentials: StaticCredentials(AWSCredentials(accessKeyID: "AKID", secretAccessKey: "planted-key")),
        http: http, endpoint: URL(string: endpoint))
    return (service, http)
}

/// A client that counts how many requests are under way at once.
final class CountingClient: HTTPClient {
    private let client: any HTTPClient
    private let state = Mutex((now: 0, most: 0))

    init(_ client: any HTTPClient) {
        self.client = client
    }

    /// The most at once so far.
    var most: Int { state.withLock { $0.most } }

    func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        state.withLock { state in
            state.now += 1
            state.most = max(state.most, state.now)
        }
        defer { state.withLock { $0.now -= 1 } }
        return try await client.send(request)
    }

    func stream(_ request: HTTPRequest) async throws(TransportError) -> HTTPStreamedResponse {
        try await client.stream(request)
    }
}

/// What the double does to a call, and what comes of it.
struct ManagedFault: Sendable, CustomTestStringConvertible {
    var name: String
    /// `nil` where it is no refusal.
    var kind: AWSError.Refusal.Kind?
    /// Whether a second attempt is made, and succeeds.
    var isMended: Bool

    var testDescription: String { name }

    static let all = [
        ManagedFault(name: "throttle", kind: .throttled, isMended: true),
        ManagedFault(name: "500", kind: .unavailable, isMended: true),
        ManagedFault(name: "503", kind: .unavailable, isMended: true),
        ManagedFault(name: "cut", kind: nil, isMended: true),
        ManagedFault(name: "html", kind: .unavailable, isMended: true),
        ManagedFault(name: "denied", kind: .accessDenied, isMended: false),
        ManagedFault(name: "missing", kind: .notFound, isMended: false),
        ManagedFault(name: "invalid", kind: .invalidRequest, isMended: false),
        ManagedFault(name: "not-json", kind: nil, isMended: false),
    ]

    /// Whether `call` fails so, and is mended by another attempt where that helps.
    ///
    /// - Parameters:
    ///   - planted: what the call sends, and no error may show.
    ///   - call: over an account of the double.
    static func check(
        _ fault: ManagedFault, planted: String, _ call: (AWSAccount) async throws -> Void
    ) async throws {
        let double = try AWSDouble()
        try await double.fail(fault.name)
        let error = await #expect(throws: AWSError.self) { try await call(double.managedAccount()) }
        guard let error else { return }
        #expect(error.kind == fault.kind, "\(error)")
        #expect(error.isRetryable == fault.isMended, "\(error)")
        var shown = "\(error)"
        dump(error, to: &shown)
        #expect(!shown.contains(planted))
        if case .transport = error { #expect(fault.kind == nil) }
        try await double.fail(fault.name)
        let account = try await double.managedAccount(attempts: 2)
        if fault.isMended {
            try await call(account)
        } else {
            await #expect(throws: AWSError.self) { try await call(account) }
        }
    }
}
