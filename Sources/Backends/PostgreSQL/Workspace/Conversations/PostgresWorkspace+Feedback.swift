import Workspace

extension PostgresWorkspace: FeedbackStore {
    public func add(_ feedback: StoredFeedback) async throws(WorkspaceError) {
        try feedback.check()
        try await write { db in
            let owner = try db.ensuredOwnerID(feedback.owner)
            try db.lock(.feedback, "\(owner)")
            let count = try db.int("SELECT count(*) FROM feedback WHERE owner_id = $1", [.int(owner)]) ?? 0
            guard count < Int64(WorkspaceLimits.feedback) else {
                throw WorkspaceError.tooMany(kind: "rating", limit: WorkspaceLimits.feedback)
            }
            try db.query(
                """
                INSERT INTO feedback (id, owner_id, answer, request, question, rating, reason, comment, created_at)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
                """,
                [
                    .text(feedback.id), .int(owner), PostgresValue(feedback.answer),
                    PostgresValue(feedback.request), .text(feedback.question),
                    .text(feedback.rating.rawValue), PostgresValue(feedback.reason?.rawValue),
                    .text(feedback.comment), .time(feedback.createdAt),
                ])
            return
        }
    }

    public func feedback(
        for owner: Owner, rating: StoredFeedback.Rating?, before id: String?, limit: Int
    ) async throws(WorkspaceError) -> [StoredFeedback] {
        try owner.check()
        return try await page(of: owner.tenant, owner.name, rating: rating, before: id, limit: limit)
    }

    public func feedback(
        inTenant tenant: String, rating: StoredFeedback.Rating?, before id: String?, limit: Int
    ) async throws(WorkspaceError) -> [StoredFeedback] {
        try await page(of: tenant, nil, rating: rating, before: id, limit: limit)
    }

    /// - Parameter name: an owner's; `nil` for everybody's of the tenant.
    private func page(
        of tenant: String, _ name: String?, rating: StoredFeedback.Rating?, before id: String?, limit: Int
    ) async throws(WorkspaceError) -> [StoredFeedback] {
        try await read { db in
            var condition = PostgresCondition()
            condition.demand("o.tenant = ", .text(tenant))
            if let name { condition.demand("o.name = ", .text(name)) }
            if let id {
                // An id of somebody else's stands for no place, so that nothing can be told from it.
                var place = condition
                place.demand("f.id = ", .text(id))
                let sequence = try db.int(
                    "SELECT f.sequence FROM feedback f JOIN owner o ON o.id = f.owner_id WHERE \(place.sql)",
                    place.values)
                guard let sequence else { throw WorkspaceError.noFeedback(id) }
                condition.demand("f.sequence < ", .int(sequence))
            }
            if let rating { condition.demand("f.rating = ", .text(rating.rawValue)) }
            let limit = condition.place(of: .count(WorkspaceLimits.rows(limit)))
            return try db.query(
                """
                SELECT f.id, o.tenant, o.name, f.answer, f.request, f.question, f.rating, f.reason, f.comment,
                    f.created_at
                FROM feedback f JOIN owner o ON o.id = f.owner_id
                WHERE \(condition.sql) ORDER BY f.sequence DESC LIMIT \(limit)
                """, condition.values
            ).rows.map { try Self.feedback($0) }
        }
    }

    public func delete(feedback id: String, for owner: Owner) async throws(WorkspaceError) {
        try await write { db in
            guard let ownerID = try db.ownerID(owner),
                try db.query(
                    "DELETE FROM feedback WHERE id = $1 AND owner_id = $2", [.text(id), .int(ownerID)]
                ).changed > 0
            else { throw WorkspaceError.noFeedback(id) }
        }
    }

    public func delete(feedback id: String, inTenant tenant: String) async throws(WorkspaceError) {
        try await write { db in
            let count = try db.query(
                "DELETE FROM feedback f USING owner o WHERE f.id = $1 AND o.id = f.owner_id AND o.tenant = $2",
                [.text(id), .text(tenant)]
            ).changed
            guard count > 0 else { throw WorkspaceError.noFeedback(id) }
        }
    }

    private static func feedback(_ row: PostgresRow) throws -> StoredFeedback {
        StoredFeedback(
            id: try row.text(0), owner: Owner(tenant: try row.text(1), name: try row.text(2)),
            answer: try row.optionalText(3), request: try row.optionalText(4), question: try row.text(5),
            rating: StoredFeedback.Rating(rawValue: try row.text(6)) ?? .down,
            reason: try row.optionalText(7).flatMap { StoredFeedback.Reason(rawValue: $0) },
            comment: try row.text(8), createdAt: try row.time(9))
    }
}
