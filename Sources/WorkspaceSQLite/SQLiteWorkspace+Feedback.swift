import Foundation
import GRDB
import Workspace

extension SQLiteWorkspace: FeedbackStore {
    public func add(_ feedback: StoredFeedback) async throws(WorkspaceError) {
        try feedback.check()
        try await write { db in
            let owner = try db.ensuredOwnerID(feedback.owner)
            let count = try db.integer("SELECT COUNT(*) FROM feedback WHERE owner_id = ?", owner) ?? 0
            guard count < WorkspaceLimits.feedback else {
                throw WorkspaceError.tooMany(kind: "rating", limit: WorkspaceLimits.feedback)
            }
            try db.run(
                """
                INSERT INTO feedback (id, owner_id, answer, request, question, rating, reason, comment, created_at)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                """, feedback.id, owner, feedback.answer, feedback.request, feedback.question,
                feedback.rating.rawValue, feedback.reason?.rawValue, feedback.comment,
                feedback.createdAt.microseconds)
        }
    }

    public func feedback(
        for owner: Owner, rating: StoredFeedback.Rating?, before id: String?, limit: Int
    ) async throws(WorkspaceError) -> [StoredFeedback] {
        try owner.check()
        return try await page(
            "o.tenant = ? AND o.name = ?", [owner.tenant, owner.name], rating: rating, before: id,
            limit: limit)
    }

    public func feedback(
        inTenant tenant: String, rating: StoredFeedback.Rating?, before id: String?, limit: Int
    ) async throws(WorkspaceError) -> [StoredFeedback] {
        try await page("o.tenant = ?", [tenant], rating: rating, before: id, limit: limit)
    }

    /// - Parameter condition: over `owner o`.
    private func page(
        _ condition: String, _ names: [String], rating: StoredFeedback.Rating?, before id: String?, limit: Int
    ) async throws(WorkspaceError) -> [StoredFeedback] {
        try await read { db in
            var conditions = [condition]
            var values: [Database.Value] = names
            if let rating {
                conditions.append("f.rating = ?")
                values.append(rating.rawValue)
            }
            if let id {
                // An id of somebody else's stands for no place, so that nothing can be told from it.
                guard
                    let row = try db.rows(
                        """
                        SELECT f.sequence FROM feedback f JOIN owner o ON o.id = f.owner_id
                        WHERE f.id = ? AND \(condition)
                        """, [id] + names
                    ).first
                else { throw WorkspaceError.noFeedback(id) }
                conditions.append("f.sequence < ?")
                values.append(row["sequence"] as Int64)
            }
            return try db.rows(
                """
                SELECT f.*, o.tenant, o.name FROM feedback f JOIN owner o ON o.id = f.owner_id
                WHERE \(conditions.joined(separator: " AND ")) ORDER BY f.sequence DESC LIMIT ?
                """, values + [WorkspaceLimits.rows(limit)]
            ).map { Self.feedback($0) }
        }
    }

    public func delete(feedback id: String, for owner: Owner) async throws(WorkspaceError) {
        try await write { db in
            guard let ownerID = try db.ownerID(owner),
                try db.changes("DELETE FROM feedback WHERE id = ? AND owner_id = ?", id, ownerID) > 0
            else { throw WorkspaceError.noFeedback(id) }
        }
    }

    public func delete(feedback id: String, inTenant tenant: String) async throws(WorkspaceError) {
        try await write { db in
            let count = try db.changes(
                """
                DELETE FROM feedback WHERE id = ? AND owner_id IN (SELECT id FROM owner WHERE tenant = ?)
                """, id, tenant)
            guard count > 0 else { throw WorkspaceError.noFeedback(id) }
        }
    }

    private static func feedback(_ row: Row) -> StoredFeedback {
        StoredFeedback(
            id: row["id"], owner: Owner(tenant: row["tenant"], name: row["name"]), answer: row["answer"],
            request: row["request"], question: row["question"],
            rating: StoredFeedback.Rating(rawValue: row["rating"]) ?? .down,
            reason: (row["reason"] as String?).flatMap { StoredFeedback.Reason(rawValue: $0) },
            comment: row["comment"], createdAt: Date(microseconds: row["created_at"]))
    }
}
