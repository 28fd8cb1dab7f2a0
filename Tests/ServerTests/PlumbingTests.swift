import Foundation
import HTTPTypes
import Logging
import Testing

@testable import Server

@Suite(.timeLimit(.minutes(2))) struct `Request ids and log lines` {
    @Test(arguments: ["abc-1", "A.b_C", String(repeating: "x", count: 128)])
    func `an id that the client gives is kept`(id: String) {
        #expect(RequestID.choose(from: [.requestID: id], fresh: { "fresh" }) == id)
    }

    @Test(arguments: ["", "two words", "a\"b", "ünï", String(repeating: "x", count: 129)])
    func `an id that is not fit for a log line is replaced`(id: String) {
        #expect(RequestID.choose(from: [.requestID: id], fresh: { "fresh" }) == "fresh")
    }

    @Test func `each request is one line with its id, route and status, and nothing of the question`()
        async throws
    {
        let fixture = try await ServerFixture()
        let response = try await fixture.respond(
            .post, "/v1/ask", json: #"{"question": "deploys of elephants"}"#)
        #expect(response.headers[.requestID] == "test-1")
        let lines = fixture.log.lines
        #expect(lines.count == 1)
        #expect(lines.first?.message == "request served")
        #expect(lines.first?.level == .info)
        #expect(lines.first?.metadata["millrace.request_id"] == "test-1")
        #expect(lines.first?.metadata["millrace.route"] == "/v1/ask")
        #expect(lines.first?.metadata["millrace.status"] == "200")
        #expect(!lines.contains { "\($0)".contains("elephants") })
    }

    @Test func `a path that matches no route is not logged, for it may hold anything`() async throws {
        let fixture = try await ServerFixture()
        _ = try await fixture.respond(.get, "/token=s3cret")
        #expect(fixture.log.lines.map { $0.metadata["millrace.route"] } == ["none"])
        #expect(!fixture.log.lines.contains { "\($0)".contains("s3cret") })
    }

    @Test func `a stream is one line too, when it is over`() async throws {
        let fixture = try await ServerFixture()
        let response = try await fixture.respond(
            .post, "/v1/ask", json: #"{"question": "deploys", "stream": true}"#)
        #expect(fixture.log.lines.isEmpty)
        _ = try await response.events()
        #expect(fixture.log.lines.map { $0.metadata["millrace.stream"] } == ["complete"])
    }
}

@Suite(.timeLimit(.minutes(2))) struct `The limit of concurrent runs` {
    @Test func `a run more than run and wait is refused with a time to come back`() async throws {
        let limiter = RunLimiter(running: 1, waiting: 1)
        let first = try await limiter.slot(for: "a")
        let second = Task { try await limiter.slot(for: "a") }
        while limiter.load.waiting == 0 { await Task.yield() }
        await #expect(throws: RequestFault.busy(running: 1, waiting: 1, retryAfterSeconds: 2)) {
            try await limiter.slot(for: "a")
        }
        first.release()
        let next = try await second.value
        #expect(limiter.load == (1, 0))
        next.release()
        #expect(limiter.load == (0, 0))
    }

    @Test func `releasing twice, or not at all, gives one place back`() async throws {
        let limiter = RunLimiter(running: 2, waiting: 0)
        let slot = try await limiter.slot(for: "a")
        slot.release()
        slot.release()
        #expect(limiter.load.running == 0)
        _ = try await limiter.slot(for: "a")
        #expect(limiter.load.running == 0)
    }

    @Test func `whoever gives up waiting leaves the queue`() async throws {
        let limiter = RunLimiter(running: 1, waiting: 4)
        let first = try await limiter.slot(for: "a")
        let waiting = Task { try await limiter.slot(for: "a") }
        while limiter.load.waiting == 0 { await Task.yield() }
        waiting.cancel()
        await #expect(throws: CancellationError.self) { try await waiting.value }
        #expect(limiter.load == (1, 0))
        first.release()
        #expect(limiter.load == (0, 0))
    }

    @Test func `those who wait are served in order`() async throws {
        let limiter = RunLimiter(running: 1, waiting: 8)
        let first = try await limiter.slot(for: "a")
        var tasks: [Task<Int, any Error>] = []
        let order = OrderKeeper()
        for number in 0..<5 {
            tasks.append(
                Task {
                    let slot = try await limiter.slot(for: "a")
                    defer { slot.release() }
                    return await order.next(number)
                })
            while limiter.load.waiting <= number { await Task.yield() }
        }
        first.release()
        for (number, task) in tasks.enumerated() {
            #expect(try await task.value == number)
        }
    }

    @Test func `a full server answers 503 with Retry-After, to a stream as well`() async throws {
        var fixture = try await ServerFixture(generator: EndlessGenerator())
        fixture.configuration.maxConcurrentRuns = 1
        fixture.configuration.maxQueuedRuns = 0
        let application = try fixture.application()
        func ask(stream: Bool) async -> APIResponse {
            await application.respond(
                to: APIRequest(
                    method: .post, path: "/v1/ask", headers: [.contentType: "application/json"],
                    body: Data(#"{"question": "deploys", "stream": \#(stream)}"#.utf8), id: "x"))
        }
        let holding = await ask(stream: true)
        #expect(holding.status == .ok)
        for stream in [true, false] {
            let refused = await ask(stream: stream)
            #expect(refused.status == .serviceUnavailable)
            #expect(refused.headers[.retryAfter] == "2")
        }
        #expect(holding.data == nil)
    }

    private actor OrderKeeper {
        private var count = 0
        func next(_ number: Int) -> Int {
            defer { count += 1 }
            return count
        }
    }
}

@Suite struct `UTF-16 ranges` {
    @Test(arguments: [
        ("plain", 1..<3, [1, 3]), ("é1", 2..<3, [1, 2]), ("🚀x", 4..<5, [2, 3]), ("🚀", 0..<4, [0, 2]),
        ("", 0..<0, [0, 0]), ("abc", 3..<3, [3, 3]), ("日本", 3..<6, [1, 2]), ("👩‍🚀!", 11..<12, [5, 6]),
    ])
    func `count as JavaScript does`(text: String, bytes: Range<Int>, units: [Int]) {
        let range = UTF16Range(bytes, in: text)
        #expect([range?.start, range?.end] == units)
    }

    @Test func `outside the text are left out`() {
        #expect(UTF16Range(0..<4, in: "abc") == nil)
        #expect(UTF16Range.all([0..<1, 2..<9], in: "abc").count == 1)
    }
}

@Suite(.timeLimit(.minutes(2))) struct `Server-sent events` {
    @Test func `are laid out as the standard says, each closed by a blank line`() {
        let event = ServerSentEvent.event(name: "token", data: Data(#"{"text":"a\nb"}"#.utf8))
        #expect(
            String(decoding: event.bytes, as: UTF8.self) == "event: token\ndata: {\"text\":\"a\\nb\"}\n\n")
        #expect(ServerSentEvent.heartbeat.bytes.first == UInt8(ascii: ":"))
    }

    @Test(.timeLimit(.minutes(2))) func `a silent stream gives signs of life until it ends`() async {
        let (silence, end) = AsyncStream<Void>.makeStream()
        let done = ServerSentEvent.event(name: "done", data: Data("{}".utf8))
        let stream = EventStream { send in
            for await _ in silence {}
            await send(done)
            return .complete
        }
        var heartbeats = 0
        var others: [ServerSentEvent] = []
        for await event in stream.events(heartbeat: .milliseconds(5)) {
            if event != .heartbeat { others.append(event) }
            if event == .heartbeat { heartbeats += 1 }
            if heartbeats == 2 { end.finish() }
        }
        #expect(heartbeats >= 2)
        #expect(others == [done])
    }

    @Test func `a stream that nobody reads any more is cancelled, and says so`() async {
        await confirmation { ended in
            let (outcomes, told) = AsyncStream<EventStream.Outcome>.makeStream()
            let stream = EventStream { send in
                await send(.heartbeat)
                try? await Task.sleep(for: .seconds(60))
                return Task.isCancelled ? .cancelled : .complete
            }.observingEnd { told.yield($0) }
            for await _ in stream.events(heartbeat: .seconds(60)) { break }
            for await outcome in outcomes {
                #expect(outcome == .cancelled)
                ended()
                break
            }
        }
    }
}

@Suite struct `Settings of the server` {
    @Test(arguments: [-1, 65_536])
    func `a port out of range is refused by name`(port: Int) {
        #expect(throws: ServerError.invalidSetting(name: "port", value: String(port), allowed: "0 to 65535"))
        {
            try ServerConfiguration(port: port).validate()
        }
    }

    @Test func `a time of zero, no run and no host are refused`() {
        #expect(throws: ServerError.self) { try ServerConfiguration(requestTimeout: .zero).validate() }
        #expect(throws: ServerError.self) { try ServerConfiguration(maxConcurrentRuns: 0).validate() }
        #expect(throws: ServerError.self) { try ServerConfiguration(host: "").validate() }
    }

    @Test(arguments: [
        ("127.0.0.1", true), ("localhost", true), ("::1", true), ("0.0.0.0", false), ("::", false),
    ])
    func `loopback is told from the network`(host: String, isLoopback: Bool) {
        #expect(ServerConfiguration(host: host).isLoopbackOnly == isLoopback)
    }
}
