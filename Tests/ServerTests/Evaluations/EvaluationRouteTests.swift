import Foundation
import HTTPTypes
import TestSupport
import Testing
import Workspace
import WorkspaceSQLite

@testable import Server

/// The corpus of ``ServerFixture`` with sets of questions about it.
private struct EvaluationFixture {
    let base: ServerFixture
    let jobs: EvaluationJobs
    let tracer = RequestTracer()
    let application: Application

    init(builtIn: [BuiltInEvaluationSet] = []) async throws {
        base = try await ServerFixture()
        let qa = try base.qa()
        jobs = EvaluationJobs(
            store: try SQLiteWorkspace.inMemory(), qa: qa, scopes: base.corpus, builtIn: builtIn,
            tracing: tracer, logger: base.log.logger)
        application = Application(
            qa: qa, corpus: base.corpus, indexCount: { 3 }, flows: base.flows,
            configuration: base.configuration, logger: base.log.logger, version: "1",
            metrics: ServedMetrics(tracer: tracer), evaluations: jobs)
    }

    @discardableResult
    func respond(
        _ method: HTTPRequest.Method, _ target: String, json: String? = nil
    ) async throws -> APIResponse {
        let parts = target.split(separator: "?", maxSplits: 1).map(String.init)
        var headers: HTTPFields = [:]
        if json != nil { headers[.contentType] = "application/json" }
        let response = await application.respond(
            to: APIRequest(
                method: method, path: parts[0], query: parts.count > 1 ? parts[1] : nil, headers: headers,
                body: Data((json ?? "").utf8), id: "t"))
        let match = try application.router.match(method: method, path: parts[0])
        try ContractCheck.check(response, of: match.operation)
        return response
    }

    /// Two questions that the open pages answer, one that nothing does.
    static let questions = """
        {"name": "Deploys", "questions": [
            {"question": "When do deploys happen?", "answer": "Tuesdays", "pages": ["Deploy guide"]},
            {"question": "How long does the certificate last?", "accept": ["ninety days"], "id": "cert"},
            {"question": "Who paints the boats?", "unanswerable": true}]}
        """

    func set() async throws -> String {
        let response = try await respond(.post, "/v1/evaluations/sets", json: Self.questions)
        return try #require(try response.json["id"]?.text)
    }

    func runs(_ json: String) async throws -> [String] {
        let response = try await respond(.post, "/v1/evaluations/runs", json: json)
        #expect(response.status == .accepted)
        return try response.json["runs"]?.list.compactMap { $0["id"]?.text } ?? []
    }

    /// Does what waits, to its end.
    func finish(_ ids: [String]) async throws {
        let running = Task { await jobs.run() }
        defer { running.cancel() }
        for id in ids {
            let stream = try await respond(.get, "/v1/evaluations/runs/\(id)/events")
            let events = try await stream.events()
            #expect(events.last?.name == "ended")
        }
        running.cancel()
        await running.value
    }
}

@Suite(.timeLimit(.minutes(2))) struct `Evaluations over HTTP` {
    @Test func `keep sets of which little need be said`() async throws {
        let fixture = try await EvaluationFixture()
        let id = try await fixture.set()
        let set = try await fixture.respond(.get, "/v1/evaluations/sets/\(id)").json
        #expect(set["questions"] == .number(3))
        #expect(set["answerable"] == .number(2))
        #expect(set["items"]?.list.map { $0["id"] } == [.text("q1"), .text("cert"), .text("q3")])
        #expect(set["kinds"] == .object(["direct": .number(2), "unanswerable": .number(1)]))
        let lines = #"{"name": "L", "lines": "{\"question\": \"a?\"}\n\n{\"question\": \"b?\"}"}"#
        #expect(try await fixture.respond(.post, "/v1/evaluations/sets", json: lines).status == .created)
        #expect(try await fixture.respond(.get, "/v1/evaluations/sets").json["sets"]?.list.count == 2)
        #expect(try await fixture.respond(.delete, "/v1/evaluations/sets/\(id)").status == .noContent)
        #expect(try await fixture.respond(.get, "/v1/evaluations/sets/\(id)").status == .notFound)
    }

    @Test(arguments: [
        #"{"name": "x"}"#, #"{"name": "", "lines": "{}"}"#, #"{"name": "x", "questions": []}"#,
        #"{"name": "x", "questions": [1]}"#, #"{"name": "x", "questions": [{"question": ""}]}"#,
        #"{"name": "x", "questions": [{"question": "a", "id": "1"}, {"question": "b", "id": "1"}]}"#,
        #"{"name": "x", "questions": [{"question": "a", "answer": "b", "unanswerable": true}]}"#,
        #"{"name": "x", "questions": [{"question": "a", "principals": ["root"]}]}"#,
        #"{"name": "x", "lines": "no json"}"#,
        #"{"name": "x", "lines": "", "questions": [{"question": "a"}]}"#,
    ])
    func `refuse what is no set`(json: String) async throws {
        let fixture = try await EvaluationFixture()
        let response = try await fixture.respond(.post, "/v1/evaluations/sets", json: json)
        #expect(response.status == .unprocessableContent)
        #expect(try response.json["field"] != nil)
    }

    @Test func `ask a set in the background, and tell figures, outcomes and traces`() async throws {
        let fixture = try await EvaluationFixture()
        let runs = try await fixture.runs(#"{"set": "\#(try await fixture.set())"}"#)
        try await fixture.finish(runs)
        let run = try await fixture.respond(.get, "/v1/evaluations/runs/\(runs[0])").json
        #expect(run["state"] == .text("finished"))
        #expect(run["done"] == .number(3))
        let figures = run["report"]?["figures"]?.list ?? []
        let right = try #require(figures.first { $0["name"] == .text("answers.right") })
        let wilson = try #require(right["wilson"])
        #expect(wilson != .null)
        #expect(run["answers_right"]?["value"] == right["value"])
        let outcomes = try await fixture.respond(.get, "/v1/evaluations/runs/\(runs[0])/outcomes").json
        #expect(outcomes["outcomes"]?.list.count == 3)
        let trace = try #require(outcomes["outcomes"]?.list.first?["trace"]?.text)
        let document = try await fixture.respond(.get, "/v1/traces/\(trace)").json
        #expect(document["operation"] == .text("evaluation"))
        #expect((document["spans"]?.list.count ?? 0) > 5)
        let recordings = fixture.tracer.core.store.traces(of: TraceOperation.evaluation)
        #expect(recordings.count == 3)
        #expect(recordings.allSatisfy { $0.reading.tenant == Owner.defaultTenant })
    }

    @Test func `wait with each question for their turn among those of people`() async throws {
        let fixture = try await EvaluationFixture()
        let limiter = RunLimiter(running: 1, waiting: 4)
        fixture.jobs.take(turnsOf: limiter)
        let person = try await limiter.slot(for: "ann")
        let runs = try await fixture.runs(#"{"set": "\#(try await fixture.set())"}"#)
        let finishing = Task { try await fixture.finish(runs) }
        #expect(await eventually { limiter.load.waiting == 1 })
        let waiting = try await fixture.respond(.get, "/v1/evaluations/runs/\(runs[0])").json
        #expect(waiting["state"] == .text("running"))
        #expect(waiting["done"] == .number(0))
        person.release()
        try await finishing.value
        #expect(limiter.load == (0, 0))
        let ended = try await fixture.respond(.get, "/v1/evaluations/runs/\(runs[0])").json
        #expect(ended["state"] == .text("finished"))
    }

    @Test func `put two runs beside each other, question by question`() async throws {
        let fixture = try await EvaluationFixture()
        let set = try await fixture.set()
        let runs = try await fixture.runs(
            """
            {"set": "\(set)", "variants": [{"name": "as served"},
                {"name": "nothing is relevant", "settings": {"floor": 20, "ef_search": 64}}]}
            """)
        try await fixture.finish(runs)
        let target = "/v1/evaluations/compare?before=\(runs[0])&after=\(runs[1])"
        let comparison = try await fixture.respond(.get, target).json
        #expect(comparison["questions"] == .number(3))
        #expect(comparison["after"]?["settings"]?["floor"] == .number(20))
        // What is never relevant is never answered.
        let lost = (comparison["changed"]?.list ?? []).filter { $0["change"] == .text("lost") }
        let served = try await fixture.respond(.get, "/v1/evaluations/runs/\(runs[0])").json
        let before = try #require(served["answers_right"]?["value"]?.number)
        #expect(before > 0)
        #expect(Double(lost.count) == before * 2)
        #expect(lost.allSatisfy { $0["after"]?["withheld"] == .flag(true) })
        let right = (comparison["differences"]?.list ?? []).first { $0["figure"] == .text("answers.right") }
        #expect(right?["value"] == .number(-before))
    }

    @Test func `are cancelled before they begin, and deleted`() async throws {
        let fixture = try await EvaluationFixture()
        let runs = try await fixture.runs(#"{"set": "\#(try await fixture.set())"}"#)
        let cancelled = try await fixture.respond(.post, "/v1/evaluations/runs/\(runs[0])/cancel", json: nil)
        #expect(try cancelled.json["state"] == .text("cancelled"))
        let report = try await fixture.respond(.get, "/v1/evaluations/runs/\(runs[0])/outcomes")
        #expect(report.status == .conflict)
        #expect(
            try await fixture.respond(.delete, "/v1/evaluations/runs/\(runs[0])").status == .noContent)
        #expect(try await fixture.respond(.get, "/v1/evaluations/runs").json["runs"]?.list == [])
    }

    @Test(arguments: [
        (#"{"set": "none"}"#, 404), (#"{"set": "S", "half": "third"}"#, 422),
        (#"{"set": "S", "concurrency": 9}"#, 422), (#"{"set": "S", "variants": []}"#, 422),
        (#"{"set": "S", "variants": [{"name": "a", "flow": "none"}]}"#, 404),
        (#"{"set": "S", "variants": [{"name": "a", "settings": {"ef_search": 0}}]}"#, 422),
        (#"{"set": "S", "variants": [{"name": "a", "settings": {"ef": 1}}]}"#, 422),
    ])
    func `refuse what cannot be run`(json: String, status: Int) async throws {
        let fixture = try await EvaluationFixture()
        let set = try await fixture.set()
        let response = try await fixture.respond(
            .post, "/v1/evaluations/runs", json: json.replacing("\"S\"", with: "\"\(set)\""))
        #expect(response.status.code == status)
    }

    @Test func `list a set that comes with the server, which stays`() async throws {
        let file = Fixtures.checkout.appendingPathComponent("fixtures/questions.jsonl")
        let fixture = try await EvaluationFixture(builtIn: [
            BuiltInEvaluationSet(id: "sample", name: "Sample", file: file)
        ])
        let sets = try await fixture.respond(.get, "/v1/evaluations/sets").json["sets"]?.list
        #expect(sets?.first?["is_built_in"] == .flag(true))
        #expect((sets?.first?["questions"]?.number ?? 0) > 100)
        #expect(try await fixture.respond(.delete, "/v1/evaluations/sets/sample").status == .conflict)
    }
}
