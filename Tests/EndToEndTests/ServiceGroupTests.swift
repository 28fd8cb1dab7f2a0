import Foundation
import Logging
import ServiceLifecycle
import Synchronization
import Testing
import UnixSignals

@testable import millrace

/// Notes what happens, in order.
private final class Diary: Sendable {
    private let notes = Mutex<[String]>([])
    var lines: [String] { notes.withLock(\.self) }
    func note(_ line: String) { notes.withLock { $0.append(line) } }
}

/// Runs until it is shut down, and takes a moment for its end.
private struct Recorded: Service {
    let name: String
    let diary: Diary

    func run() async throws {
        diary.note("\(name) begins")
        try? await gracefulShutdown()
        if !Task.isCancelled { try? await Task.sleep(for: .milliseconds(50)) }
        diary.note("\(name) ends")
    }
}

private struct Failing: Service {
    struct Failure: Error, Equatable {}

    func run() async throws {
        try await Task.sleep(for: .milliseconds(50))
        throw Failure()
    }
}

/// Shuts the group down that it belongs to, by a signal as a terminal would.
private struct Signalling: Service {
    func run() async throws {
        try await Task.sleep(for: .milliseconds(100))
        kill(getpid(), SIGUSR1)
        try await gracefulShutdown()
    }
}

/// Never ends by itself.
private struct Stubborn: Service {
    func run() async throws {
        while !Task.isCancelled { try? await Task.sleep(for: .milliseconds(20)) }
    }
}

@Suite(.serialized, .timeLimit(.minutes(1))) struct `The group of services` {
    private let diary = Diary()
    private let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private func group(_ services: [any Service], grace: Duration = .seconds(20)) -> Serving {
        Serving(services, grace: grace, signals: [.sigusr1], logger: logger)
    }

    @Test func `ends its parts one after the other, the last one first`() async throws {
        let parts: [any Service] = ["worker", "syncs", "server"].map { Recorded(name: $0, diary: diary) }
        try await group(parts + [Signalling()]).run()
        #expect(diary.lines.suffix(3) == ["server ends", "syncs ends", "worker ends"])
    }

    @Test func `throws the error of the part that fails, once the others have ended`() async throws {
        let running = group([Recorded(name: "worker", diary: diary), Failing()])
        await #expect(throws: Failing.Failure.self) { try await running.run() }
        #expect(diary.lines == ["worker begins", "worker ends"])
    }

    @Test func `does not wait for a part longer than its grace`() async throws {
        let running = group([Stubborn(), Signalling()], grace: .milliseconds(300))
        let wait = try await ContinuousClock().measure { try await running.run() }
        #expect(wait < .seconds(20))
    }
}
