import AWSServices
import Concurrency
import Foundation
import Synchronization
import TestSupport
import Testing
import Transport

/// Gives requests less time than they ask for, while it is told so.
final class HurriedClient: HTTPClient {
    private let client: any HTTPClient
    private let limit = Mutex<Duration?>(nil)

    init(_ client: any HTTPClient) {
        self.client = client
    }

    /// - Parameter limit: `nil` for each request's own.
    func hurry(_ limit: Duration?) { self.limit.withLock { $0 = limit } }

    func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        try await client.send(hurried(request))
    }

    func stream(_ request: HTTPRequest) async throws(TransportError) -> HTTPStreamedResponse {
        try await client.stream(hurried(request))
    }

    private func hurried(_ request: HTTPRequest) -> HTTPRequest {
        var request = request
        if let limit = limit.withLock({ $0 }) { request.timeout = limit }
        return request
    }
}

/// The AWS that moto plays, behind a network that is cut at moments chosen at random.
struct CutAWS: Sendable {
    let network: NetworkProxy
    /// Past the network.
    let direct: AWSAccount
    /// Through it.
    let account: AWSAccount
    private let client: HurriedClient

    init() async throws {
        let moto = try MotoServer()
        network = try NetworkProxy(to: try #require(URL(string: moto.endpoint)?.port))
        var configuration = HTTPClientConfiguration()
        configuration.proxy = .none
        let plain = try CurlHTTPClient(configuration: configuration)
        let client = HurriedClient(plain)
        func account(_ endpoint: String, _ http: any HTTPClient) async throws -> AWSAccount {
            try await AWSAccount(
                environment: AWSEnvironment(variables: [
                    "AWS_ENDPOINT_URL": endpoint, "AWS_MAX_ATTEMPTS": "3",
                ]), region: "us-east-1", credentials: StaticCredentials(moto.keys(of: "admin")), http: http,
                localHTTP: plain, clock: ManualClock())
        }
        direct = try await account(moto.endpoint, plain)
        self.account = try await account("http://127.0.0.1:\(network.port)", client)
        self.client = client
    }

    static func name(_ prefix: String) -> String { "\(prefix)-\(UInt32.random(in: .min ... .max))" }

    /// Bytes that follow from a number.
    static func bytes(_ number: Int, count: Int) -> Data {
        let pattern = Data((0..<251).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ number &* 7) })
        var data = Data(capacity: count + 251)
        while data.count < count { data.append(pattern) }
        return data.prefix(count)
    }

    /// Does `during` in each round while its cut is armed, and `after` once the network is back.
    ///
    /// - Parameters:
    ///   - request: bytes of requests after which the cut comes, at most.
    ///   - answer: the same of answers.
    func rounds(
        _ count: Int = 40, request: Int, answer: Int,
        during: (_ number: Int, _ round: String) async throws -> Void,
        after: (_ number: Int, _ round: String) async throws -> Void = { _, _ in }
    ) async throws {
        var cuts = RandomCuts()
        for number in 0..<count {
            let cut = cuts.next(request: request, answer: answer)
            let round = "seed \(cuts.seed), round \(number): \(cut)"
            client.hurry(cut.kind == .hole ? .milliseconds(300) : nil)
            network.arm(cut)
            try await during(number, round)
            network.heal()
            client.hurry(nil)
            try await after(number, round)
        }
        #expect(network.cuts > 0, "no cut came, with the seed \(cuts.seed)")
    }

    /// What a call gave; `nil` where it failed with an error of the kind that its client documents. A call that takes a
    /// minute hangs.
    func tried<Value: Sendable>(
        _ round: String, failing isTyped: (any Error) -> Bool = { $0 is AWSError },
        _ call: @escaping @Sendable () async throws -> Value
    ) async -> Value? {
        do {
            return try await withDeadline(.seconds(60), call)
        } catch {
            if !isTyped(error) { Issue.record(error, "\(round)") }
            return nil
        }
    }
}
