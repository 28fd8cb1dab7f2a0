import Foundation
import Logging
import ServiceLifecycle
import Synchronization
import TestSupport
import Testing

@testable import Server

@Suite(.timeLimit(.minutes(1))) struct `A process that is asked and does not answer` {
    private let folder: TemporaryDirectory
    /// With no time to lose for a process that never says anything.
    private let short = LocalCall.Patience(first: .milliseconds(60))

    init() throws {
        folder = try TemporaryDirectory()
    }

    private var path: String { folder.path("s") }

    /// Lets one in at a socket, and speaks with it as bytes.
    private func replying(
        _ patience: LocalCall.Patience = .init(),
        heard: @escaping @Sendable (Data) async throws -> Void = { _ in },
        _ speak: (UnixSocket) throws -> Void
    ) async throws -> Data? {
        let socket = try UnixSocket.listening(at: path)
        defer { socket.close() }
        async let reply = LocalCall.send(Data("q".utf8), to: path, patience: patience, heard: heard)
        var other: UnixSocket?
        #expect(
            await eventually {
                other = other ?? socket.accepted()
                return other != nil
            })
        let accepted = try #require(other)
        defer { accepted.close() }
        try speak(accepted)
        return try await reply
    }

    @Test func `is told of when it is stopped before it lets anybody in`() async throws {
        let stopped = try UnixSocket.listening(at: path)
        defer { stopped.close() }
        await #expect(throws: LocalCallError.silent(path: path, waited: short.first)) {
            try await LocalCall.send(Data("q".utf8), to: path, patience: short)
        }
    }

    @Test func `is told of when more than it takes wait to be let in`() async throws {
        let stopped = try UnixSocket.listening(at: path, backlog: 1)
        defer { stopped.close() }
        var waiting: [UnixSocket] = []
        defer { for socket in waiting { socket.close() } }
        while waiting.count < 16 {
            do {
                guard let next = try UnixSocket.connected(to: path, within: .milliseconds(1)) else { break }
                waiting.append(next)
            } catch {
                #expect(error.isTimeout)
                break
            }
        }
        #expect(waiting.count < 16)
        #if os(Linux)
            await #expect(throws: LocalCallError.silent(path: path, waited: short.first)) {
                try await LocalCall.send(Data("q".utf8), to: path, patience: short)
            }
        #endif
    }

    @Test func `is told of when it stops in the middle of its answer, whose parts were heard`() async throws {
        let heard = Mutex<[Data]>([])
        let patience = LocalCall.Patience(first: .seconds(30), next: .milliseconds(40))
        await #expect(throws: LocalCallError.silent(path: path, waited: patience.next)) {
            _ = try await replying(patience) { part in
                heard.withLock { $0.append(part) }
            } _: { socket in
                try LocalMessage.part(Data("half".utf8)).write(to: socket)
                // The connection stays open until it is given up.
                try socket.send([UInt8(ascii: "e"), 0, 0, 0, 9] + Array("the o".utf8))
            }
        }
        #expect(heard.withLock { $0 } == [Data("half".utf8)])
    }

    @Test func `is waited for while it gives signs of life`() async throws {
        let reply = try await replying { socket in
            for byte in Array(".....".utf8) { socket.sendNow(byte) }
            try LocalMessage.end(Data("late".utf8)).write(to: socket)
        }
        #expect(reply == Data("late".utf8))
    }

    @Test func `is told of when it hangs up, and when it is another version`() async throws {
        let failure = await #expect(throws: LocalCallError.self) {
            _ = try await replying { $0.hangUp() }
        }
        guard case .unanswered = failure else {
            Issue.record("\(failure.map { "\($0)" } ?? "nothing was thrown")")
            return
        }
        await #expect(throws: LocalCallError.otherVersion(path: path)) {
            _ = try await replying { try $0.send([0, 0, 0, 2, 0x7B, 0x7D]) }
        }
    }

    @Test func `is not asked more than it takes`() async throws {
        let limit = LocalMessage.questionLimit
        await #expect(throws: LocalCallError.tooLong(bytes: limit + 1, limit: limit)) {
            try await LocalCall.send(Data(count: limit + 1), to: path)
        }
    }

    @Test func `does no more of it when what it says is not wanted any more`() async throws {
        struct Enough: Error {}
        let (ends, ended) = AsyncStream<Void>.makeStream()
        let group = ServiceGroup(
            services: [
                LocalPoint(path: path, logger: Logger(label: "test")) { _, line in
                    try? await line.say(Data("much".utf8))
                    let (never, _) = AsyncStream<Void>.makeStream()
                    for await _ in never {}
                    ended.yield()
                    return Data()
                }
            ], logger: Logger(label: "test"))
        let running = Task { try await group.run() }
        #expect(await eventually { FileManager.default.fileExists(atPath: path) })
        await #expect(throws: Enough.self) {
            try await LocalCall.send(Data(), to: path) { _ in throw Enough() }
        }
        for await _ in ends { break }
        await group.triggerGracefulShutdown()
        try await running.value
    }
}
