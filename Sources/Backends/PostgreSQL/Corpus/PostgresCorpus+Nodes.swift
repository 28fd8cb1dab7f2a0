import Corpus
import Foundation

extension PostgresCorpus: NodeRegistry {
    /// Announcements that have ended are kept for so long, for whoever looks what was there.
    private static let remembered = "1 day"

    public func announce(
        _ node: NodeAnnouncement, for duration: Duration
    ) async throws(CorpusError) -> [NodeAnnouncement] {
        let facts = String(
            decoding: (try? JSONEncoder().encode(node.facts)) ?? Data("{}".utf8), as: UTF8.self)
        return try await write { db in
            try db.query(
                """
                INSERT INTO node (id, role, version, facts, expires_at)
                VALUES ($1, $2, $3, $4, clock_timestamp() + $5 * interval '1 second')
                ON CONFLICT (id) DO UPDATE SET role = excluded.role, version = excluded.version,
                    facts = excluded.facts, expires_at = excluded.expires_at
                """,
                [
                    .text(node.id), .text(node.role), .text(node.version), .text(facts),
                    .double(duration / .seconds(1)),
                ])
            try db.query(
                "DELETE FROM node WHERE expires_at < clock_timestamp() - interval '\(Self.remembered)'")
            return try Self.nodes(db).filter { $0.id != node.id }
        }
    }

    public func nodes() async throws(CorpusError) -> [NodeAnnouncement] {
        try await read { db in try Self.nodes(db) }
    }

    public func withdraw(_ id: String) async throws(CorpusError) {
        try await write { db in
            try db.query("DELETE FROM node WHERE id = $1", [.text(id)])
            return
        }
    }

    static func nodes(_ db: PostgresConnection) throws -> [NodeAnnouncement] {
        let rows = try db.query(
            "SELECT id, role, version, facts FROM node WHERE expires_at > clock_timestamp() ORDER BY id"
        ).rows
        return try rows.map { row in
            // Facts that another version wrote in a way unknown here are none: the version is told all the same.
            let facts = try? JSONDecoder().decode(AgreedFacts.self, from: Data(try row.text(3).utf8))
            return NodeAnnouncement(
                id: try row.text(0), role: try row.text(1), version: try row.text(2),
                facts: facts ?? AgreedFacts([:], salt: ""))
        }
    }
}
