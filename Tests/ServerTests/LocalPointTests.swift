import Concurrency
import Foundation
import Logging
import ServiceLifecycle
import TestSupport
import Testing

@testable import Server

@Suite(.timeLimit(.minutes(1))) struct `A process that is asked at its data folder` {
    private let folder: TemporaryDirectory

    init() throws {
        folder = try TemporaryDirectory()
    }

    private var path: String { folder.path("s") }

    /// Reads with a thread that may wait: the point needs those of the tests.
    private func next(_ socket: UnixSocket) async throws -> LocalMessage {
        try await Self.reading.run { try LocalMessage.read(from: socket) }
    }

    private static let reading = BlockingExecutor(label: "test.reading", width: 4)

    /// Runs `body` while messages are answered.
    private func answering(
        _ answer: @escaping LocalPoint.Answer, _ body: () async throws -> Void
    ) async throws {
        let group = ServiceGroup(
            services: [LocalPoint(path: path, logger: Logger(label: "test"), answer: answer)],
            logger: Logger(label: "test"))
        let running = Task { try await group.run() }
        #expect(await eventually { FileManager.default.fileExists(atPath: path) })
        do {
            try await body()
        } catch {
            running.cancel()
            throw error
        }
        await group.triggerGracefulShutdown()
        try await running.value
    }

    @Test func `replies to each, also where many ask and messages are long`() async throws {
        let long = Data((0..<300_000).map { UInt8(truncatingIfNeeded: $0 % 251) })
        try await answering {
            message, _ in
            Data(message.reversed())
        } _: {
            try await withThrowingTaskGroup(of: Bool.self) { group in
                for number in 0..<12 {
                    group.addTask { [path] in
                        let message = long + Data("\(number)".utf8)
                        return try await LocalCall.send(message, to: path) == Data(message.reversed())
                    }
                }
                for try await isRight in group { #expect(isRight) }
            }
            #expect(try await LocalCall.send(Data(), to: path) == Data())
        }
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test func `lets nobody in but its own user`() async throws {
        try await answering {
            message, _ in
            message
        } _: {
            let facts = try FileManager.default.attributesOfItem(atPath: path)
            #expect(facts[.posixPermissions] as? Int == 0o600)
        }
    }

    @Test func `does no more for one that hangs up, or whose task is cancelled`() async throws {
        let (begins, begun) = AsyncStream<Void>.makeStream()
        let (ends, ended) = AsyncStream<Void>.makeStream()
        try await answering { message, _ in
            guard !message.isEmpty else { return Data("still here".utf8) }
            begun.yield()
            let (never, _) = AsyncStream<Void>.makeStream()
            for await _ in never {}
            ended.yield()
            return Data()
        } _: {
            let asking = Task { [path] in try await LocalCall.send(Data("wait".utf8), to: path) }
            for await _ in begins { break }
            asking.cancel()
            await #expect(throws: CancellationError.self) { try await asking.value }
            for await _ in ends { break }
            let reply = try await LocalCall.send(Data(), to: path)
            #expect(reply == Data("still here".utf8))
        }
    }

    @Test func `answers whom it has let in before it ends`() async throws {
        let (begins, begun) = AsyncStream<Void>.makeStream()
        let (gate, opening) = AsyncStream<Void>.makeStream()
        let group = ServiceGroup(
            services: [
                LocalPoint(path: path, logger: Logger(label: "test")) { _, _ in
                    begun.yield()
                    for await _ in gate {}
                    return Data("answered".utf8)
                }
            ], logger: Logger(label: "test"))
        let running = Task { try await group.run() }
        #expect(await eventually { FileManager.default.fileExists(atPath: path) })
        let asking = Task { [path] in try await LocalCall.send(Data(), to: path) }
        for await _ in begins { break }
        await group.triggerGracefulShutdown()
        #expect(await eventually { !FileManager.default.fileExists(atPath: path) })
        opening.finish()
        #expect(try await asking.value == Data("answered".utf8))
        try await running.value
    }

    @Test func `is none where nobody serves, and says so when it ends before it replies`() async throws {
        #expect(try await LocalCall.send(Data(), to: path) == nil)
        try folder.write("", to: "s")
        #expect(try await LocalCall.send(Data(), to: path) == nil)
        let silent = try UnixSocket.listening(at: path)
        defer { silent.close() }
        let asking = Task { [path] in try await LocalCall.send(Data("q".utf8), to: path) }
        var other: UnixSocket?
        #expect(
            await eventually {
                other = other ?? silent.accepted()
                return other != nil
            })
        other?.close()
        await #expect(throws: LocalCallError.self) { try await asking.value }
        let long = folder.path(String(repeating: "long", count: 40))
        await #expect(throws: LocalCallError.self) { try await LocalCall.send(Data(), to: long) }
    }

    @Test func `hangs up on whoever says too much, or speaks another language`() async throws {
        try await answering {
            message, _ in
            message
        } _: {
            for beginning in [[UInt8(ascii: "q"), 0x7F, 0xFF, 0xFF, 0xFF], [0, 0, 0, 1, 0]] {
                let socket = try #require(try UnixSocket.connected(to: path))
                defer { socket.close() }
                try socket.send(beginning)
                await #expect(throws: SocketFailure.self) {
                    while try await next(socket) == .sign {}
                }
            }
        }
    }

    @Test func `gives signs of life while it works, and says parts whole and in order`() async throws {
        let (gate, opening) = AsyncStream<Void>.makeStream()
        let parts = (0..<20).map { Data(repeating: UInt8($0), count: 200_000) }
        try await answering { _, line in
            for await _ in gate {}
            for part in parts { try? await line.say(part) }
            return Data("end".utf8)
        } _: {
            let socket = try #require(try UnixSocket.connected(to: path))
            defer { socket.close() }
            try LocalMessage.question(Data("q".utf8), isLong: false).write(to: socket)
            for _ in 0..<2 { #expect(try await next(socket) == .sign) }
            opening.finish()
            var said: [Data] = []
            reading: while true {
                switch try await next(socket) {
                case .part(let part): said.append(part)
                case .end(let end):
                    #expect(end == Data("end".utf8))
                    break reading
                case .sign: continue
                case .question: throw SocketFailure.otherLanguage
                }
            }
            #expect(said == parts)
        }
    }

    @Test func `answers short questions beside long ones, of which a few go on at once`() async throws {
        let (begins, begun) = AsyncStream<Void>.makeStream()
        let (gate, opening) = AsyncStream<Void>.makeStream()
        try await answering { message, _ in
            guard message == Data("long".utf8) else { return message }
            begun.yield()
            for await _ in gate {}
            return message
        } _: {
            try await withThrowingTaskGroup(of: Data?.self) { group in
                for _ in 0...LocalPoint.longAtOnce {
                    group.addTask { [path] in
                        try await LocalCall.send(Data("long".utf8), to: path, isLong: true)
                    }
                }
                var count = 0
                for await _ in begins {
                    count += 1
                    if count == LocalPoint.longAtOnce { break }
                }
                for _ in 0..<LocalPoint.shortAtOnce {
                    let reply = try await LocalCall.send(Data("short".utf8), to: path)
                    #expect(reply == Data("short".utf8))
                }
                opening.finish()
                for try await reply in group { #expect(reply == Data("long".utf8)) }
            }
        }
    }
}
