import Foundation
import HTTPTypes
import Testing

@testable import Server

@Suite(.timeLimit(.minutes(2))) struct `A socket of runs` {
    private func run(_ id: String, _ flow: String, _ more: String = "") -> String {
        #"{"type": "run", "id": "\#(id)", "flow": "\#(flow)", "input": "hello"\#(more)}"#
    }

    @Test func `tells a run as the stream of its operation does`() async throws {
        let fixture = try await ServerFixture(generator: SpeakingGenerator())
        let flow = try await fixture.keep(FlowText.model)
        let stream = try await fixture.respond(
            .post, "/v1/runs", json: #"{"flow": "\#(flow)", "input": "hello", "stream": true}"#, headers: .ada
        ).events()
        let talk = try await SocketTalk.open(fixture.application(), .ada)
        talk.send(run("a", flow))
        let messages = try await talk.untilEnd(of: "a")
        #expect(messages.first?["type"] == .text("accepted"))
        #expect(messages.first?["request_id"] == .text("socket-1"))
        #expect(
            messages.last == .object(["type": .text("done"), "id": .text("a"), "outcome": .text("complete")]))
        let events = messages.dropFirst().dropLast()
        #expect(events.map { $0["event"]?.text } == stream.map { Optional($0.name) })
        #expect(events.map { $0["seq"]?.number } == stream.indices.map { Double($0) })
        #expect(events.last?["data"]?["result"]?["outputs"] == stream.last?.data["result"]?["outputs"])
    }

    @Test func `answers questions within the caller's rights`() async throws {
        let fixture = try await ServerFixture()
        for (headers, isTold) in [(HTTPFields.ada, false), (.principals("user:hana, group:hr"), true)] {
            let talk = try await SocketTalk.open(fixture.application(), headers)
            talk.send(#"{"type": "ask", "id": "q", "question": "what money is reviewed in March"}"#)
            let messages = try await talk.untilEnd(of: "q")
            let answer = messages.first { $0["event"] == .text("answer") }
            #expect(answer != nil)
            // The question stands in the answer's document, so what only the page says is looked for.
            #expect("\(messages)".contains("Salary bands") == isTold)
            #expect(messages.last?["type"] == .text("done"))
            #expect(!messages.contains { $0["event"] == .text("done") })
        }
    }

    @Test func `carries several runs at once, up to its limit, each under its id`() async throws {
        let fixture = try await ServerFixture(generator: EndlessGenerator())
        let flow = try await fixture.keep(FlowText.model)
        var limits = SocketConversation.Limits()
        limits.streams = 2
        let talk = try await SocketTalk.open(fixture.application(sockets: limits), .ada)
        talk.send(run("a", flow))
        talk.send(run("a", flow))
        let again = try await talk.untilEnd(of: "a").last
        #expect(again?["problem"]?["field"] == .text("id"))
        talk.send(run("b", flow))
        talk.send(run("c", flow))
        let refused = try await talk.untilEnd(of: "c")
        #expect(refused.last?.problemKind == "invalid-field")
        talk.send(#"{"type": "cancel", "id": "a"}"#)
        let end = try await talk.untilEnd(of: "a").last
        #expect(end?["outcome"] == .text("cancelled"))
        talk.send(run("c", flow))
        talk.send(#"{"type": "cancel", "id": "c"}"#)
        #expect(try await talk.untilEnd(of: "c").last?["outcome"] == .text("cancelled"))
        talk.close()
        _ = await talk.closed()
    }

    @Test func `ends its runs when the client is gone`() async throws {
        let generator = EndlessGenerator()
        let fixture = try await ServerFixture(generator: generator)
        let flow = try await fixture.keep(FlowText.model)
        let talk = try await SocketTalk.open(fixture.application(), .ada)
        talk.send(run("a", flow))
        try await talk.expect("accepted")
        while generator.endedCount == 0, try await talk.next()?["event"] != .text("text") {}
        talk.vanish()
        _ = await talk.closed()
        #expect(await eventually { generator.endedCount == 1 })
    }

    @Test func `sends no event beyond the client's window`() async throws {
        let fixture = try await ServerFixture(generator: EndlessGenerator())
        let flow = try await fixture.keep(FlowText.model)
        let talk = try await SocketTalk.open(fixture.application(), .ada)
        talk.send(run("a", flow, #", "window": 3"#))
        try await talk.expect("accepted")
        for number in 0..<3 { #expect(try await talk.expect("event")["seq"] == .number(Double(number))) }
        // Whatever else came would come before the answer to this.
        talk.send(#"{"type": "ping"}"#)
        try await talk.expect("pong")
        talk.send(#"{"type": "ack", "id": "a", "seq": 1}"#)
        for number in 3..<5 { #expect(try await talk.expect("event")["seq"] == .number(Double(number))) }
        talk.send(#"{"type": "ping"}"#)
        try await talk.expect("pong")
        talk.send(#"{"type": "cancel", "id": "a"}"#)
        #expect(try await talk.expect("done")["outcome"] == .text("cancelled"))
    }

    @Test func `closes on a client that reads nothing of what its window allowed`() async throws {
        let fixture = try await ServerFixture(generator: EndlessGenerator())
        let flow = try await fixture.keep(FlowText.model)
        var limits = SocketConversation.Limits()
        limits.acknowledgement = .milliseconds(50)
        let talk = try await SocketTalk.open(fixture.application(sockets: limits), .ada)
        talk.send(run("a", flow, #", "window": 1"#))
        #expect(await talk.closed() == .unacknowledged)
    }

    @Test func `takes a stored run up again where a lost connection left it`() async throws {
        let fixture = try await ServerFixture(generator: SpeakingGenerator())
        let flow = try await fixture.keep(FlowText.model)
        let first = try await SocketTalk.open(fixture.application(), .ada)
        first.send(run("a", flow, #", "async": true"#))
        let accepted = try await first.expect("accepted")
        let stored = try #require(accepted["run"]?.text)
        first.vanish()
        _ = await first.closed()
        await fixture.carryOutRuns()
        let second = try await SocketTalk.open(fixture.application(), .ada)
        second.send(#"{"type": "subscribe", "id": "b", "run": "\#(stored)", "from": 2}"#)
        let messages = try await second.untilEnd(of: "b")
        let events = messages.filter { $0["type"] == .text("event") }
        #expect(events.first?["seq"] == .number(2))
        #expect(events.last?["event"] == .text("finished"))
        let other = try await SocketTalk.open(fixture.application(), .bob)
        other.send(#"{"type": "subscribe", "id": "b", "run": "\#(stored)"}"#)
        #expect(try await other.untilEnd(of: "b").last?.problemKind == "no-such-run")
    }

    @Test func `ends a stored run of its own by cancelling it`() async throws {
        let fixture = try await ServerFixture(generator: SpeakingGenerator())
        let flow = try await fixture.keep(FlowText.model)
        let talk = try await SocketTalk.open(fixture.application(), .ada)
        talk.send(run("a", flow, #", "async": true"#))
        let stored = try #require(try await talk.expect("accepted")["run"]?.text)
        talk.send(#"{"type": "cancel", "id": "a"}"#)
        let messages = try await talk.untilEnd(of: "a")
        #expect(messages.first?["event"] == .text("cancelled"))
        let run = try await fixture.respond(.get, "/v1/runs/\(stored)", headers: .ada).json
        #expect(run["state"] == .text("cancelled"))
    }

    @Test func `cancels a run that is being stored, whenever that is said`() async throws {
        let fixture = try await ServerFixture(generator: SpeakingGenerator())
        let flow = try await fixture.keep(FlowText.model)
        let talk = try await SocketTalk.open(fixture.application(), .ada)
        for number in 0..<60 {
            talk.send(run("a\(number)", flow, #", "async": true"#))
            // At another moment of its beginning each time.
            for _ in 0..<(number * 3) { await Task.yield() }
            talk.send(#"{"type": "cancel", "id": "a\#(number)"}"#)
            #expect(try await talk.untilEnd(of: "a\(number)").last?["type"] == .text("done"))
        }
        let runs = try await fixture.respond(.get, "/v1/runs?limit=200", headers: .ada).json["runs"]?.list
        for run in runs ?? [] { #expect(run["state"] == .text("cancelled")) }
        talk.close()
        _ = await talk.closed()
    }

    @Test func `finishes what runs when the server stops, and begins nothing more`() async throws {
        let fixture = try await ServerFixture(generator: EndlessGenerator())
        let flow = try await fixture.keep(FlowText.model)
        let talk = try await SocketTalk.open(fixture.application(), .ada)
        talk.send(run("a", flow))
        try await talk.expect("accepted")
        talk.shutDown()
        // Until the server has heard of it, the second run may still begin.
        var problem: String?
        for number in 0..<1_000 where problem == nil {
            talk.send(#"{"type": "ask", "id": "q\#(number)", "question": "?"}"#)
            let end = try await talk.untilEnd(of: "q\(number)").last?.problemKind
            if end == "not-ready" { problem = end }
        }
        #expect(problem == "not-ready")
        talk.send(#"{"type": "cancel", "id": "a"}"#)
        #expect(try await talk.untilEnd(of: "a").last?["outcome"] == .text("cancelled"))
        #expect(await talk.closed() == .goingAway)
    }
}
