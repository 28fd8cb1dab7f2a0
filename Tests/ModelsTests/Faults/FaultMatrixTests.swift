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
        // Side by side, as a stall is waited in.
        async let once: Void = Self.hold(client, fault, server, isRetried: false, call)
        async let again: Void = Self.hold(client, fault, server, isRetried: true, call)
        _ = try await (once, again)
    }

    private static func hold(
        _ client: FaultedClient, _ fault: Fault, _ server: PlayedAWS, isRetried: Bool,
        _ call: @escaping FaultedClient.Call
    ) async throws {
        let faults = [String](repeating: fault.rawValue, count: isRetried ? 1 : 6)
        let place = try await server.place(faults)
        let account = try await server.account(
            place, attempts: isRetried ? 3 : 1, isImpatient: fault == .stall,
            first: client.isStream && isRetried ? .seconds(2) : .milliseconds(300))
        let (outcome, shown) = await outcome { try await call(account, place) }
        #expect(outcome == client.outcome(of: fault, isRetried: isRetried), "retried: \(isRetried)")
        #expect(PlantedSecrets.found(in: shown, server.secrets) == [], "retried: \(isRetried)")
    }

    @Test(arguments: FaultedClient.all)
    func `works when nothing is wrong`(client: FaultedClient) async throws {
        let server = try PlayedAWS(client.server)
        let call = try await client.prepare(server.account(), server.endpoint)
        let place = try await server.place([])
        try await call(server.account(place), place)
    }

    /// What came of a call, and every text that its error gives; a call that takes a minute hangs.
    static func outcome(
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
