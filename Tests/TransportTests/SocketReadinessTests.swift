import Foundation
import Testing

@testable import Transport

/// Two sockets that are connected with each other.
private struct SocketPair: ~Copyable {
    let near: Int32
    let far: Int32

    init() throws {
        var pair: [Int32] = [-1, -1]
        try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &pair) == 0)
        (near, far) = (pair[0], pair[1])
    }

    deinit {
        close(near)
        close(far)
    }

    func send() throws {
        try #require(write(far, "x", 1) == 1)
    }
}

@Suite(.timeLimit(.minutes(1))) struct `Readiness of sockets` {
    private let readiness: SocketReadiness

    init() throws {
        readiness = try SocketReadiness()
    }

    /// The sockets of one wait that can be read.
    private func readable() -> [Int32] {
        readiness.wait().compactMap { event in
            if case .socket(let socket, let interest) = event, interest.contains(.reading) {
                socket
            } else {
                nil
            }
        }
    }

    @Test func `is told once, and again to who asks again`() throws {
        let pair = try SocketPair()
        try pair.send()
        readiness.watch(pair.near, for: .reading)
        #expect(readable() == [pair.near])
        // The byte is there still.
        readiness.ring()
        #expect(readiness.wait().isEmpty)
        readiness.watch(pair.near, for: .reading)
        #expect(readable() == [pair.near])
    }

    @Test func `is told of what is asked for alone`() throws {
        let pair = try SocketPair()
        try pair.send()
        readiness.watch(pair.near, for: .writing)
        let events = readiness.wait()
        guard case .socket(pair.near, .writing)? = events.first, events.count == 1 else {
            Issue.record("\(events) came instead of one readiness for writing")
            return
        }
    }

    @Test func `is told when the other side is gone`() throws {
        let pair = try SocketPair()
        readiness.watch(pair.near, for: .reading)
        try #require(shutdown(pair.far, Int32(SHUT_RDWR)) == 0)
        #expect(readable() == [pair.near])
    }

    @Test func `of a socket that was closed is nothing to another of its number`() throws {
        let first = try SocketPair()
        let second = try SocketPair()
        try first.send()
        readiness.watch(first.near, for: .reading)
        #expect(readable() == [first.near])
        // Closes the first's, and puts the second's into its place.
        try #require(dup2(second.near, first.near) == first.near)
        readiness.watch(first.near, for: .reading)
        readiness.ring()
        #expect(readiness.wait().isEmpty)
        try second.send()
        #expect(readable() == [first.near])
    }

    @Test func `waits no longer than to the alarm that was set last`() {
        readiness.setAlarm(after: .seconds(3_600))
        readiness.setAlarm(after: .milliseconds(1))
        guard case .alarm? = readiness.wait().first else {
            Issue.record("no alarm came")
            return
        }
        readiness.setAlarm(after: .zero)
        #expect(readiness.wait().count == 1)
    }

    @Test func `waits that are rung for together end once`() {
        for _ in 0..<3 { readiness.ring() }
        #expect(readiness.wait().isEmpty)
        readiness.setAlarm(after: .milliseconds(1))
        #expect(readiness.wait().count == 1)
    }
}
