import Foundation
import Workspace
import WorkspaceSQLite

/// What a process does until it is killed.
struct CrashingWork: Sendable {
    let workspace: SQLiteWorkspace
    /// Stands in front of every id that this process gives.
    let name: String
    private let owner = Owner(name: "user:crash")

    init(workspace: SQLiteWorkspace, name: String) {
        self.workspace = workspace
        self.name = name
    }

    func say(_ line: String) {
        // One write a line: what is written to a pipe outlives the writer.
        FileHandle.standardOutput.write(Data((line + "\n").utf8))
    }

    func go() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for part in 0..<2 { group.addTask { try await queueRuns(part) } }
            for part in 0..<3 { group.addTask { try await carryOutRuns(part) } }
            group.addTask { try await talk() }
            try await group.waitForAll()
        }
    }

    /// Queues runs, each under a key of its own.
    private func queueRuns(_ part: Int) async throws {
        for number in 0... {
            let id = "\(name)-\(part)-\(number)"
            let run = StoredRun(
                id: id, owner: owner, flow: "flow", version: 1, session: id, request: Data("{}".utf8),
                createdAt: Date())
            _ = try await workspace.enqueue(run, key: id)
            say("queued \(id)")
        }
    }

    /// Carries runs out under leases so short that others take some of them away.
    private func carryOutRuns(_ part: Int) async throws {
        while true {
            let leased = try await workspace.lease(
                3, by: "\(name)-\(part)", for: .milliseconds(150), at: Date(), attempts: 1_000)
            if leased.isEmpty { await Task.yield() }
            for (run, lease) in leased {
                do throws(WorkspaceError) {
                    if try await carryOut(run, lease) { say("ended \(run.id)") }
                } catch {
                    guard case .leaseLost = error else { throw error }
                }
            }
        }
    }

    /// - Returns: whether the run has ended.
    private func carryOut(_ run: StoredRun, _ lease: RunLease) async throws(WorkspaceError) -> Bool {
        try await workspace.forgetEvents(under: lease)
        let events = (0..<3).map { StoredRunEvent(position: $0, event: Data("\($0)".utf8)) }
        try await workspace.append(events, under: lease)
        if run.attempts == 1, run.id.hasSuffix("7") {
            try await workspace.retry(lease, at: Date(), failure: Data("{}".utf8), attempts: 1_000)
            return false
        }
        // An id of its own for each attempt: were a run ended twice, it would have said two things.
        try await workspace.end(
            lease, .finished, result: Data("{}".utf8), failure: nil,
            messages: [message("\(run.id)/\(lease.number)", session: run.id)], at: Date())
        return true
    }

    private func talk() async throws {
        for number in 0... {
            let id = "\(name)-talk-\(number)"
            try await workspace.append([message(id, session: "talk")])
            say("said \(id)")
        }
    }

    private func message(_ id: String, session: String) -> StoredMessage {
        StoredMessage(
            id: id, key: ConversationKey(owner: owner, flow: "flow", session: session), role: "assistant",
            sender: "AI", text: "what \(id) says", details: Data("{}".utf8), sentAt: Date())
    }
}
