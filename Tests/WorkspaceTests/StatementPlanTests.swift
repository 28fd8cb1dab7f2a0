import Foundation
import GRDB
import Synchronization
import TestSupport
import Testing
import Workspace

@testable import WorkspaceSQLite

/// Every statement that the workspace runs is found by what it runs, so that none is forgotten here.
@Suite(.timeLimit(.minutes(1))) struct `Plans of the workspace's statements` {
    /// What is read whole: indexes that hold no more than what is asked for, and, when old conversations are removed,
    /// the owners.
    private static let readWhole = [
        "run_waiting", "run_leased", "run_dead", "run_outbox_order", "run_outbox_by_run", "SCAN o",
    ]

    @Test func `each looks its rows up by an index, and sorts nothing`() async throws {
        let workspace = try SQLiteWorkspace.inMemory(announcesRuns: true, now: { Sample.now })
        let statements = Statements()
        // The one connection: it reads and writes.
        try await workspace.database.write { db in
            db.trace { event in
                guard case .statement(let statement) = event else { return }
                statements.texts.withLock { _ = $0.insert(statement.sql) }
            }
        }
        try await useEverything(of: workspace)
        try await workspace.database.write { $0.trace() }
        let texts = statements.texts.withLock { texts in
            texts.filter { text in
                ["SELECT", "UPDATE", "DELETE", "INSERT"].contains { text.hasPrefix($0) }
            }.sorted()
        }
        #expect(texts.count > 70, "\(texts.count) statements")
        for text in texts {
            for step in try await plan(of: text, in: workspace) {
                let reads =
                    step.hasPrefix("SCAN") && !step.hasPrefix("SCAN (")
                    && !step.contains("CONSTANT ROW")
                #expect(!reads || Self.readWhole.contains { step.contains($0) }, "\(step):\n\(text)")
                // Two pages of flows are put together; conversations of one moment are few.
                let sorts =
                    step.contains("TEMP B-TREE") && !step.contains("RIGHT PART")
                    && !text.contains("UNION ALL")
                #expect(!sorts, "\(step):\n\(text)")
            }
        }
    }

    private final class Statements: Sendable {
        let texts = Mutex<Set<String>>([])
    }

    private func plan(of text: String, in workspace: SQLiteWorkspace) async throws -> [String] {
        try await workspace.read { db in
            let statement = try db.makeStatement(sql: "EXPLAIN QUERY PLAN " + text)
            let values = text.compactMap { $0 == "?" ? DatabaseValue.null : nil }
            return try Row.fetchAll(statement, arguments: StatementArguments(values)).map { $0["detail"] }
        }
    }

    /// Calls every function, with and without what may be left out.
    private func useEverything(of store: SQLiteWorkspace) async throws {
        let ann = Sample.ann
        try await useFlows(of: store)
        let key = Sample.key("s")
        try await store.append([
            Sample.message("1", in: key, "x"), Sample.message("2", in: key, "x"),
            Sample.message("1", in: key, "y"),
        ])
        _ = try await store.messages(of: key, before: "2", limit: 9)
        for flow in [nil, "f"] as [String?] {
            for session in [nil, "s"] as [String?] {
                _ = try await store.messages(for: ann, flow: flow, session: session, after: "1", limit: 9)
            }
            let page = try await store.conversations(for: ann, flow: flow, after: nil, limit: 9)
            _ = try await store.conversations(for: ann, flow: flow, after: page.last, limit: 9)
            _ = try await store.files(for: ann, flow: flow, after: nil, limit: 9)
        }
        _ = try await store.conversation(key)
        try await store.rename(key, title: "t")
        try await store.move(key, toSession: "u")
        _ = try await store.updateText("x", ofMessage: "1", for: ann)
        _ = try await store.delete(messages: ["1"], for: ann)
        try await store.delete(Sample.key("u"))
        _ = try await store.expire(before: Sample.start)
        try await useRuns(of: store)
        _ = try await store.add(Sample.file("1", "a"))
        _ = try await store.add(Sample.file("2", "a"))
        _ = try await store.file(named: "a", flow: nil, for: ann)
        _ = try await store.delete(file: "2", for: ann)
        _ = try await store.save(Sample.variable("1", "V"))
        _ = try await store.variables(for: ann)
        _ = try await store.variable(named: "V", for: ann)
        try await store.delete(variable: "1", for: ann)
    }

    private func useFlows(of store: SQLiteWorkspace) async throws {
        let ann = Sample.ann
        _ = try await store.save(Project(id: "p", owner: ann, name: "P"), for: ann)
        _ = try await store.projects(for: ann)
        _ = try await store.project("p", for: ann)
        let flow = try await store.create(
            Sample.flow("1", endpoint: "e", project: "p"), definition: Data(), origin: nil, note: "")
        for project in [nil, "p"] as [String?] {
            for after in [nil, flow] as [StoredFlow?] {
                _ = try await store.flows(for: ann, project: project, after: after, limit: 9)
            }
        }
        _ = try await store.flow("e", for: ann)
        _ = try await store.save(
            Data(), origin: nil, note: "", asVersionOf: "1", for: ann, expecting: nil)
        _ = try await store.update(flow, for: ann)
        _ = try await store.versions(of: "1", for: ann, before: nil, limit: 9)
        _ = try await store.version(1, of: "1", for: ann)
        try await store.delete(flow: "1", for: ann)
        try await store.delete(project: "p", for: ann)
    }

    private func useRuns(of store: SQLiteWorkspace) async throws {
        let ann = Sample.ann
        for id in ["1", "2", "3"] { _ = try await store.enqueue(Sample.run(id), key: id) }
        let run = try await store.enqueue(Sample.run("1"), key: "1")
        for flow in [nil, "f"] as [String?] {
            for state in [nil, .queued] as [StoredRun.State?] {
                for before in [nil, run] as [StoredRun?] {
                    _ = try await store.runs(
                        for: ann, flow: flow, state: state, before: before, limit: 9)
                }
            }
        }
        _ = try await store.run("1", for: ann)
        let leases = try await store.lease(2).map(\.lease)
        _ = try await store.renew(leases[0], for: .seconds(1), at: Sample.start)
        try await store.append([Sample.event(0)], under: leases[0])
        _ = try await store.events(of: "1", for: ann, from: 0, limit: 9)
        try await store.forgetEvents(under: leases[0])
        try await store.retry(leases[0], at: Sample.start, failure: Data(), attempts: 9)
        try await store.end(leases[1], .failed, messages: [Sample.message("1", in: Sample.key("s"), "x")])
        _ = try await store.requeue("2", for: ann)
        let announced = try await store.leaseAnnouncements(
            9, for: .seconds(9), at: Sample.start, horizon: .seconds(9))
        try await store.postpone(announcements: announced, until: Sample.start)
        try await store.settle(announced: announced, at: Sample.start)
        _ = try await store.announceForgotten(since: Sample.now, at: Sample.now, limit: 9)
        _ = try await store.announcementCount()
        _ = try await store.lease(
            run: "1", ofTenant: ann.tenant, by: "w", for: .seconds(9), at: Sample.now, attempts: 9)
        _ = try await store.cancel("3", for: ann)
        _ = try await store.lease(9, after: 100, attempts: 1)
        _ = try await store.runCounts()
        _ = try await store.expireRuns(endedBefore: Sample.now + 1)
    }
}
