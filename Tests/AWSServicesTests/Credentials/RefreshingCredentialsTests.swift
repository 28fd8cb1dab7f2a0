import Foundation
import Synchronization
import Testing
import Transport

@testable import AWSServices

/// A source whose keys are numbered, with a clock that is set.
private final class NumberedSource: Sendable {
    private struct State {
        var count = 0
        var isFailing = false
        var time = Date(timeIntervalSince1970: 0)
        var waiting: [CheckedContinuation<Void, Never>] = []
        var isHeld = false
    }

    private let state = Mutex(State())
    let life: TimeInterval

    init(life: TimeInterval) {
        self.life = life
    }

    var count: Int { state.withLock { $0.count } }
    var waitingCount: Int { state.withLock { $0.waiting.count } }

    func set(time: TimeInterval? = nil, isFailing: Bool? = nil, isHeld: Bool? = nil) {
        let released = state.withLock { state in
            if let time { state.time = Date(timeIntervalSince1970: time) }
            if let isFailing { state.isFailing = isFailing }
            if let isHeld { state.isHeld = isHeld }
            guard !state.isHeld else { return [CheckedContinuation<Void, Never>]() }
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in released { continuation.resume() }
    }

    var credentials: RefreshingCredentials {
        RefreshingCredentials(now: { self.state.withLock { $0.time } }) { () async throws(AWSError) in
            await withCheckedContinuation { continuation in
                let goesOn = self.state.withLock { state in
                    if state.isHeld { state.waiting.append(continuation) }
                    return !state.isHeld
                }
                if goesOn { continuation.resume() }
            }
            let (number, isFailing, time) = self.state.withLock { state in
                state.count += 1
                return (state.count, state.isFailing, state.time)
            }
            if isFailing { throw .credentialsFailed(AWSCredentialPlace("p", "f"), isRetryable: true) }
            return AWSCredentials(
                accessKeyID: "\(number)", secretAccessKey: "s", expiration: time.addingTimeInterval(self.life)
            )
        }
    }
}

@Suite(.timeLimit(.minutes(1))) struct `AWS keys that are renewed` {
    @Test func `are fetched once for all who ask at once`() async throws {
        let source = NumberedSource(life: 3600)
        source.set(isHeld: true)
        let keys = source.credentials
        try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<100 { group.addTask { try await keys.credentials().accessKeyID } }
            while source.waitingCount == 0 { await Task.yield() }
            source.set(isHeld: false)
            for try await key in group { #expect(key == "1") }
        }
        #expect(source.count == 1)
    }

    @Test func `are renewed beside the calls at first, and waited for near the end`() async throws {
        let source = NumberedSource(life: 3600)
        let keys = source.credentials
        _ = try await keys.credentials()
        source.set(time: 2699)
        #expect(try await keys.credentials().accessKeyID == "1")
        #expect(source.count == 1)
        source.set(time: 2701, isHeld: true)
        for _ in 0..<5 { #expect(try await keys.credentials().accessKeyID == "1") }
        while source.waitingCount == 0 { await Task.yield() }
        #expect(source.waitingCount == 1)
        source.set(time: 3100)
        async let late = keys.credentials().accessKeyID
        source.set(isHeld: false)
        #expect(try await late == "2")
        #expect(source.count == 2)
    }

    @Test func `serve as long as they last when they cannot be renewed`() async throws {
        let source = NumberedSource(life: 3600)
        let keys = source.credentials
        _ = try await keys.credentials()
        source.set(time: 3100, isFailing: true)
        #expect(try await keys.credentials().accessKeyID == "1")
        // For some seconds nobody is asked again.
        source.set(time: 3105)
        #expect(try await keys.credentials().accessKeyID == "1")
        #expect(source.count == 2)
        source.set(time: 3600)
        await #expect(throws: AWSError.self) { try await keys.credentials() }
        source.set(isFailing: false)
        #expect(try await keys.credentials().accessKeyID == "4")
    }

    @Test func `are fetched anew when they are discarded, once for a generation`() async throws {
        let source = NumberedSource(life: 3600)
        let keys = source.credentials
        let first = try await keys.credentials()
        await keys.discard(first)
        #expect(try await keys.credentials().accessKeyID == "2")
        // Somebody late with the old ones changes nothing.
        await keys.discard(first)
        #expect(try await keys.credentials().accessKeyID == "2")
    }

    @Test func `that are over already are an error`() async throws {
        let source = NumberedSource(life: -1)
        await #expect(throws: AWSError.self) { try await source.credentials.credentials() }
    }
}
