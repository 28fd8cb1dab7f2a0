import Foundation
import Testing

@testable import MillraceClient

private typealias Reply = ClientScriptedServer.Reply

/// Streams that are whole, broken, silent, or not wanted any more.
@Suite(.timeLimit(.minutes(1))) struct `A client that reads a stream` {
    private func client(_ server: ClientScriptedServer, silence: Duration = .seconds(45)) -> MillraceClient {
        MillraceClient(
            baseURL: server.url,
            configuration: ClientConfiguration(
                silenceTimeout: silence, retries: RetryPolicy(attempts: 3, firstDelay: .milliseconds(1))))
    }

    private static func event(_ name: String, _ data: String) -> String {
        "event: \(name)\ndata: \(data)\n\n"
    }

    private static func step(_ position: Int) -> String {
        let data = #"{"event":"step_began","position":\#(position),"component":"c","type":"T"}"#
        return "id: \(position)\n" + event("step_began", data)
    }

    private static func cancelled(_ position: Int) -> String {
        event("cancelled", #"{"event":"cancelled","position":\#(position)}"#)
    }

    // MARK: Answers

    @Test func `passes on what it does not know, and knows the end from a cut`() async throws {
        let server = try ClientScriptedServer(
            .events(
                ": \n\n" + Self.event("token", #"{"text":"A"}"#)
                    + Self.event("token", #"{"text":"[1]","citation":1,"passage":2}"#)
                    + Self.event("weather", #"{"sky":"blue"}"#)))
        var told: [AnswerEvent] = []
        let error = await #expect(throws: MillraceError.self) {
            for try await event in client(server).ask(streaming: "x") { told.append(event) }
        }
        guard case .streamCutOff = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(
            told == [
                .token("A"), .citation(text: "[1]", number: 1, passage: 2),
                .other(name: "weather", data: ["sky": "blue"]),
            ])
    }

    @Test func `throws the problem that a stream tells`() async throws {
        let problem =
            #"{"type":"urn:millrace:problem:component-failed","title":"T","detail":"D","status":502}"#
        let server = try ClientScriptedServer(.events(Self.event("error", problem)))
        let error = await #expect(throws: MillraceError.self) {
            for try await _ in client(server).ask(streaming: "x") {}
        }
        #expect(error?.problem?.kind == .componentFailed)
    }

    @Test func `gives a silent stream up`() async throws {
        let server = try ClientScriptedServer(
            .events(Self.event("token", #"{"text":"A"}"#), staysOpen: true))
        var told: [AnswerEvent] = []
        let error = await #expect(throws: MillraceError.self) {
            for try await event in client(server, silence: .milliseconds(200)).ask(streaming: "x") {
                told.append(event)
            }
        }
        guard case .timedOut(.milliseconds(200)) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(told == [.token("A")])
        await server.connectionEnded()
    }

    @Test func `ends the request when its task is cancelled, and when its loop is left`() async throws {
        let server = try ClientScriptedServer(
            .events(Self.event("token", #"{"text":"A"}"#), staysOpen: true),
            .events(Self.event("token", #"{"text":"A"}"#), staysOpen: true), Reply(bytes: "", staysOpen: true)
        )
        let client = client(server)
        let (begun, begin) = AsyncStream<Void>.makeStream()
        let reader = Task {
            for try await _ in client.ask(streaming: "x") { begin.yield() }
        }
        for await _ in begun { break }
        reader.cancel()
        _ = await reader.result
        await server.connectionEnded()

        for try await _ in client.ask(streaming: "x") { break }
        await server.connectionEnded()

        let waiting = Task { try await client.ask("x") }
        for _ in 0..<3 { await server.requestArrived() }
        waiting.cancel()
        await #expect(throws: CancellationError.self) { try await waiting.value }
        await server.connectionEnded()
    }

    // MARK: Runs

    @Test func `takes a stored run up behind the last event when the connection is lost`() async throws {
        let server = try ClientScriptedServer(
            .events(Self.step(0) + Self.step(1) + "id: 2\nevent: step_began\ndata: {\"po"), .none,
            .events(Self.step(1) + Self.step(2)), .events(Self.cancelled(3)))
        var positions: [Int] = []
        for try await event in client(server).events(ofRun: "r1") { positions.append(event.position) }
        #expect(positions == [0, 1, 2, 3])
        #expect(
            server.lines == [
                "GET /v1/runs/r1/events", "GET /v1/runs/r1/events?from=2", "GET /v1/runs/r1/events?from=2",
                "GET /v1/runs/r1/events?from=3",
            ])
    }

    @Test func `does not take it up for ever`() async throws {
        let server = try ClientScriptedServer(
            .events(Self.step(0)), .events(": \n\n"), .events(": \n\n"), .events(Self.cancelled(1)))
        var positions: [Int] = []
        await #expect(throws: MillraceError.self) {
            for try await event in client(server).events(ofRun: "r1") { positions.append(event.position) }
        }
        #expect(positions == [0])
        #expect(server.lines.count == 3)
    }

    @Test func `never begins a streamed run a second time`() async throws {
        let server = try ClientScriptedServer(.events(Self.step(0)), .events(Self.cancelled(1)))
        await #expect(throws: MillraceError.self) {
            for try await _ in client(server).run(streaming: RunRequest(flow: "f")) {}
        }
        #expect(server.lines == ["POST /v1/runs"])
    }

    @Test func `tells a kind of event that it does not know with its place`() async throws {
        let server = try ClientScriptedServer(
            .events(
                Self.event("paused", #"{"event":"paused","position":0,"component":"c","step":"odd"}"#)
                    + Self.event(
                        "failed", #"{"position":1,"failure":{"kind":"k","reason":"r","retryable":true}}"#)
            ))
        var told: [RunEvent] = []
        for try await event in client(server).run(streaming: RunRequest(flow: "f")) { told.append(event) }
        #expect(told.map(\.position) == [0, 1])
        guard case .other(name: "paused", component: "c", let data) = told.first?.kind else {
            Issue.record("\(told)")
            return
        }
        #expect(data["step"]?.string == "odd")
        #expect(told.last?.kind == .failed(RunFailure(kind: "k", reason: "r", isRetryable: true)))
    }
}

@Suite struct `The client's pauses before it asks again` {
    private let policy = RetryPolicy(
        attempts: 5, firstDelay: .milliseconds(500), longestDelay: .seconds(3),
        longestRetryAfter: .seconds(10))

    private func pause(_ attempt: Int, retryAfter: Duration? = nil, chance: Double = 1) -> Duration? {
        policy.delay(afterAttempt: attempt, retryAfter: retryAfter, chance: chance)
    }

    @Test func `double up to the longest one, by half of them at random`() {
        #expect((1...4).map { pause($0) } == [.milliseconds(500), .seconds(1), .seconds(2), .seconds(3)])
        #expect(pause(1, chance: 0) == .milliseconds(250))
    }

    @Test func `end with the last attempt`() {
        #expect(pause(5) == nil)
        #expect(RetryPolicy.never.delay(afterAttempt: 1, retryAfter: nil, chance: 0) == nil)
        #expect(
            RetryPolicy(attempts: 1_000).delay(afterAttempt: 900, retryAfter: nil, chance: 1) == .seconds(20))
    }

    @Test func `are what the server says, unless it is too long`() {
        #expect(pause(1, retryAfter: .seconds(10), chance: 0) == .seconds(10))
        #expect(pause(1, retryAfter: .seconds(10), chance: 1) == .seconds(11))
        #expect(pause(1, retryAfter: .seconds(11)) == nil)
    }
}
