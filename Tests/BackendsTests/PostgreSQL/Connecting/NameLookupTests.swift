import Concurrency
import Dispatch
import Foundation
import Synchronization
import Testing

@testable import Backends

@Suite(.timeLimit(.minutes(1))) struct `Names of PostgreSQL's hosts` {
    /// A resolver that says nothing until it is let.
    private final class Resolver: Sendable {
        let calls = Mutex(0)
        private let gate = DispatchSemaphore(value: 0)

        func resolve(_ name: String) -> [String] {
            calls.withLock { $0 += 1 }
            gate.wait()
            gate.signal()
            return ["10.0.0.1", "10.0.0.2"]
        }

        func answer() { gate.signal() }
    }

    private static func soon(_ time: Duration) -> ContinuousClock.Instant { ContinuousClock.now + time }

    @Test func `are given up in time when nobody tells their addresses, and hold one thread`() throws {
        let resolver = Resolver()
        let names = NameLookup { resolver.resolve($0) }
        for _ in 0..<3 {
            let fault = #expect(throws: NameLookup.Fault.self) {
                _ = try names.addresses(of: "db.example", until: Self.soon(.milliseconds(50)))
            }
            guard case .silent = fault else {
                Issue.record("\(String(describing: fault))")
                return
            }
        }
        #expect(resolver.calls.withLock { $0 } == 1)
        resolver.answer()
        let found = try names.addresses(of: "db.example", until: Self.soon(.seconds(30)))
        #expect(found == ["10.0.0.1", "10.0.0.2"])
    }

    @Test func `are told to all who wait for one`() async throws {
        let resolver = Resolver()
        let names = NameLookup { resolver.resolve($0) }
        let threads = BlockingExecutor(label: "millrace.tests.names", width: 8)
        let found = try await withThrowingTaskGroup(of: [String].self) { group in
            for _ in 0..<8 {
                group.addTask {
                    try await threads.run {
                        try names.addresses(of: "db.example", until: Self.soon(.seconds(30)))
                    }
                }
            }
            while resolver.calls.withLock({ $0 }) == 0 { await Task.yield() }
            resolver.answer()
            return try await group.reduce(into: [[String]]()) { $0.append($1) }
        }
        #expect(found == Array(repeating: ["10.0.0.1", "10.0.0.2"], count: 8))
    }

    @Test func `are looked up by the system, and its refusal is told`() throws {
        let found = try NameLookup.shared.addresses(of: "localhost", until: Self.soon(.seconds(30)))
        #expect(found.contains("127.0.0.1") || found.contains("::1"), "\(found)")
        // A label of more than 63 characters is nobody's, without a question to any server.
        let fault = #expect(throws: NameLookup.Fault.self) {
            let name = String(repeating: "a", count: 64) + ".invalid"
            _ = try NameLookup.shared.addresses(of: name, until: Self.soon(.seconds(30)))
        }
        guard case .unknown(let reason) = fault else {
            Issue.record("\(String(describing: fault))")
            return
        }
        #expect(!reason.isEmpty)
    }

    @Test(arguments: [
        ("db.example", true), ("localhost", true), ("10.0.0.1", false), ("::1", false),
        ("fe80::1%eth0", false),
        ("/run/postgresql", false), ("@abstract", false), ("", false),
    ])
    func `are looked up where they are names`(name: String, isName: Bool) {
        #expect(PostgresHost(name: name, port: 5_432).isLookedUp == isName)
    }
}
