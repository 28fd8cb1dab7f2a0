import AWSServices
import Concurrency
import Foundation
import TestSupport
import Testing
import Transport

/// Clients times faults: no cell may hang, end in an error of another kind, or show a secret.
@Suite(.timeLimit(.minutes(5))) struct `Every client of AWS, at every fault` {
    @Test(arguments: FaultedClient.all, Fault.allCases)
    func `fails with an error of its own, or has been mended by another attempt`(
        client: FaultedClient, fault: Fault
    ) async throws {
        let server = try PlayedAWS(client.server)
        let call = try await client.prepare(server.account(), server.endpoint)
        for isRetried in [false, true] {
            let faults = [String](repeating: fault.rawValue, count: isRetried ? 1 : 6)
            let place = try await server.place(faults)
            let account = try await server.account(
                place, attempts: isRetried ? 3 : 1, first: fault == .stall ? .seconds(1) : nil)
            let (outcome, shown) = await Self.outcome { try await call(account, place) }
            #expect(outcome == client.outcome(of: fault, isRetried: isRetried), "retried: \(isRetried)")
            #expect(PlantedSecrets.found(in: shown, server.secrets) == [], "retried: \(isRetried)")
        }
    }

    @Test(arguments: FaultedClient.all)
    func `works when nothing is wrong`(client: FaultedClient) async throws {
        let server = try PlayedAWS(client.server)
        let call = try await client.prepare(server.account(), server.endpoint)
        let place = try await server.place([])
        try await call(server.account(place), place)
    }

    /// What came of a call, and every text that its error gives; a call that takes a minute hangs.
    private static func outcome(
        _ call: @escaping @Sendable () async throws -> Void
    ) async -> (FaultOutcome, shown: String) {
        do {
            try await withDeadline(.seconds(60), call)
            return (.success, "")
        } catch {
            return (FaultOutcome(error), PlantedSecrets.shown(error))
        }
    }
}

/// A server that plays AWS, and accounts there.
private struct PlayedAWS: Sendable {
    let endpoint: URL
    private let credentials: AWSCredentials
    private let proxy: AWSFaultProxy

    init(_ server: FaultedClient.Server) throws {
        let text: String
        switch server {
        case .double:
            let double = try AWSDouble()
            var keys = double.credentials
            keys.sessionToken = PlantedSecrets.sessionToken
            (text, credentials) = (double.endpoint, keys)
        case .moto:
            let moto = try MotoServer()
            (text, credentials) = (moto.endpoint, moto.keys(of: "admin"))
        }
        endpoint = try #require(URL(string: text))
        proxy = try AWSFaultProxy()
    }

    /// What no error may show.
    var secrets: [String] {
        [credentials.accessKeyID, credentials.secretAccessKey, credentials.sessionToken ?? ""]
    }

    /// In front of the server.
    func place(_ faults: [String]) async throws -> URL {
        let text = try await proxy.place(before: endpoint.absoluteString, faults: faults)
        return try #require(URL(string: text))
    }

    /// - Parameters:
    ///   - place: where its services are; the server itself unless given.
    ///   - first: limit of the first request.
    func account(_ place: URL? = nil, attempts: Int = 1, first: Duration? = nil) async throws -> AWSAccount {
        try await AWSAccount(
            environment: AWSEnvironment(variables: [
                "AWS_ENDPOINT_URL": (place ?? endpoint).absoluteString, "AWS_MAX_ATTEMPTS": "\(attempts)",
            ]), region: "us-east-1", credentials: StaticCredentials(credentials),
            http: ImpatientClient(proxy.http, first: first), localHTTP: proxy.http, clock: ManualClock())
    }
}
