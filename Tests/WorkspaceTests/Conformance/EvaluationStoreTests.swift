import Foundation
import Testing
import Workspace

@Suite(.timeLimit(.minutes(1))) struct `Evaluations in a workspace` {
    private func set(_ id: String, tenant: String = "a") -> StoredEvaluationSet {
        StoredEvaluationSet(
            id: id, tenant: tenant, name: "Set \(id)", createdAt: Date(timeIntervalSince1970: 1_000),
            createdBy: "ada", lines: #"{"id": "1"}"#)
    }

    private func run(_ id: String, tenant: String = "a", set: String = "s") -> StoredEvaluationRun {
        StoredEvaluationRun(
            id: id, tenant: tenant, set: set, setName: "Set", name: "as served", flow: "f",
            settings: #"{"floor":1}"#, half: "report", limit: 7, concurrency: 2, total: 5,
            createdAt: Date(timeIntervalSince1970: 1_000), createdBy: "ada")
    }

    @Test(arguments: WorkspaceEngine.all)
    func `come back as they were kept, newest first`(engine: WorkspaceEngine) async throws {
        let store = try await engine.open()
        try await store.add(set("1"))
        try await store.add(set("2"))
        let sets = try await store.evaluationSets(inTenant: "a")
        // A list tells of sets, and the set itself of its questions.
        #expect(sets.map(\.id) == ["2", "1"])
        #expect(sets.map(\.name) == [set("2").name, set("1").name])
        #expect(sets.map(\.createdAt) == [set("2").createdAt, set("1").createdAt])
        #expect(try await store.evaluationSet("2", inTenant: "a") == set("2"))
        try await store.add([run("r1"), run("r2", set: "other")])
        #expect(
            try await store.evaluationRuns(inTenant: "a", set: nil, before: nil, limit: 9)
                == [run("r2", set: "other"), run("r1")])
        #expect(
            try await store.evaluationRuns(inTenant: "a", set: "s", before: nil, limit: 9).map(\.id)
                == ["r1"])
        #expect(
            try await store.evaluationRuns(inTenant: "a", set: nil, before: "r2", limit: 9).map(\.id)
                == ["r1"])
        #expect(try await store.unfinishedEvaluationRuns(limit: 9).map(\.id) == ["r1", "r2"])
    }

    @Test(arguments: WorkspaceEngine.all)
    func `are a tenant's, and nobody else's`(engine: WorkspaceEngine) async throws {
        let store = try await engine.open()
        try await store.add(set("1"))
        try await store.add([run("r1")])
        #expect(try await store.evaluationSets(inTenant: "b").isEmpty)
        let missing = WorkspaceError.notFound(kind: "evaluation set", id: "1")
        await #expect(throws: missing) { try await store.evaluationSet("1", inTenant: "b") }
        await #expect(throws: missing) { try await store.delete(evaluationSet: "1", inTenant: "b") }
        let noRun = WorkspaceError.notFound(kind: "evaluation run", id: "r1")
        await #expect(throws: noRun) { try await store.evaluationRun("r1", inTenant: "b") }
        await #expect(throws: noRun) { try await store.delete(evaluationRun: "r1", inTenant: "b") }
        await #expect(throws: noRun) {
            try await store.evaluationRuns(inTenant: "b", set: nil, before: "r1", limit: 1)
        }
    }

    @Test(arguments: WorkspaceEngine.all)
    func `keep a report with the state that it belongs to, and no state after the last`(
        engine: WorkspaceEngine
    ) async throws {
        let store = try await engine.open()
        try await store.add([run("r1")])
        var ended = run("r1")
        (ended.state, ended.done, ended.summary) = (.finished, 5, "{}")
        ended.endedAt = Date(timeIntervalSince1970: 2_000)
        #expect(try await store.update(ended, report: Data("report".utf8)))
        #expect(try await store.evaluationRun("r1", inTenant: "a") == ended)
        #expect(try await store.evaluationReport(ofRun: "r1", inTenant: "a") == Data("report".utf8))
        #expect(try await store.evaluationReport(ofRun: "r1", inTenant: "b") == nil)
        var late = ended
        late.state = .cancelled
        #expect(try await store.update(late, report: nil) == false)
        #expect(try await store.unfinishedEvaluationRuns(limit: 9).isEmpty)
        try await store.delete(evaluationRun: "r1", inTenant: "a")
        #expect(try await store.evaluationReport(ofRun: "r1", inTenant: "a") == nil)
    }

    @Test(arguments: WorkspaceEngine.all)
    func `are refused when they are too large, or without a name`(engine: WorkspaceEngine) async throws {
        let store = try await engine.open()
        var large = set("1")
        large.lines = String(repeating: "a", count: WorkspaceLimits.documentBytes + 1)
        await #expect(throws: WorkspaceError.self) { try await store.add(large) }
        var nameless = set("1")
        nameless.name = ""
        await #expect(throws: WorkspaceError.self) { try await store.add(nameless) }
    }
}
