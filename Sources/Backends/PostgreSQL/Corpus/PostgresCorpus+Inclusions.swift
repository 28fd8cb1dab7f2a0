@_spi(CorpusEngine) import Corpus
import Foundation

/// Pages within pages, and what that means for who may read them; the rules are ``InclusionStore``'s.
///
/// A page is written with another's content only where its readers imply the other's. When the other's readers are
/// narrowed, the same transaction adds its rule to the page's (`withheld` keeps what the page's rule is by itself); when
/// the other is removed, the page is closed to all until it is rendered anew.
extension PostgresCorpus: InclusionStore {
    public func includablePage(title: String, spaceKey: String) async throws(CorpusError) -> IncludablePage? {
        try await read { db in
            let columns = "SELECT d.id, d.title, d.space_key, a.rule, o.format, o.body, o.rendered, o.names"
            return try Self.found(columns, title: title, spaceKey: spaceKey, db).map { row in
                IncludablePage(
                    id: try row.text(0), title: try row.text(1), spaceKey: try row.text(2),
                    readers: try CorpusText.decodeRule(row.text(3)), origin: try Self.origin(row, from: 4))
            }
        }
    }

    public func includablePage(id: String) async throws(CorpusError) -> IncludablePage? {
        try await includablePage(title: id, spaceKey: Inclusion.byID)
    }

    public func documentWithOrigin(id: String) async throws(CorpusError) -> (Document, PageOrigin)? {
        try await read { db in
            let found = try db.query(
                """
                SELECT d.id, d.kind, d.space_key, d.title, d.version, d.ancestors, \(Self.labels), d.author,
                    d.updated_at, d.url, d.text, a.rule, o.format, o.body, o.rendered, o.names
                FROM document d JOIN page_origin o ON o.document_id = d.id \(Self.ownAccess) WHERE d.id = $1
                """, [.text(id)])
            guard let row = found.first else { return nil }
            let document = Document(
                id: try row.text(0), kind: Document.Kind(rawValue: try row.text(1)) ?? .page,
                spaceKey: try row.text(2), title: try row.text(3), version: Int(try row.int(4)),
                ancestors: try CorpusText.decode([Ancestor].self, row.text(5)), labels: try row.texts(6),
                author: try row.optionalText(7), updatedAt: try row.optionalDate(8),
                url: try row.optionalText(9), text: try row.text(10),
                readers: try CorpusText.decodeRule(row.text(11)))
            return (document, try Self.origin(row, from: 12))
        }
    }

    public func documentsWithStaleInclusions() async throws(CorpusError) -> [String] {
        try await read { db in
            let rows = try db.query(
                """
                SELECT \(Self.inclusionColumns), i.document_id, a.rule
                FROM inclusion i JOIN document d ON d.id = i.document_id \(Self.ownAccess) ORDER BY i.document_id
                """)
            var stale = StaleInclusions()
            for row in rows.rows {
                try stale.look(at: Self.inclusion(row), ofDocument: row.text(5)) {
                    try CorpusText.decodeRule(row.text(6))
                } target: { title, spaceKey in
                    try Self.state(title: title, spaceKey: spaceKey, db)
                }
            }
            return stale.documents
        }
    }

    public func setInclusions(
        _ inclusions: [Inclusion], readers: AccessRule, ofDocument id: String
    ) async throws(CorpusError) {
        try await writeContent { db in
            try db.pipeline(Self.puttingInclusions(inclusions, of: id))
            try PostgresInclusionReaders(db: db).set(readers, ofDocument: id, including: inclusions)
            try Self.advanceGeneration(db)
        }
    }

    // MARK: Rows

    private static let inclusionColumns = "i.space_key, i.title, i.target_id, i.target_hash, i.is_allowed"

    private static func inclusion(_ row: PostgresRow) throws -> Inclusion {
        Inclusion(
            spaceKey: try row.text(0), title: try row.text(1), targetID: try row.optionalText(2),
            targetHash: try row.text(3), isAllowed: try row.bool(4))
    }

    static func inclusions(ofDocument id: String, _ db: PostgresConnection) throws -> [Inclusion] {
        try db.query(
            "SELECT \(inclusionColumns) FROM inclusion i WHERE i.document_id = $1", [.text(id)]
        ).rows.map { try inclusion($0) }
    }

    static func puttingOrigin(
        _ origin: PageOrigin?, of id: String
    ) throws -> [PostgresConnection.Statement] {
        guard let origin else {
            return [.init("DELETE FROM page_origin WHERE document_id = $1", [.text(id)])]
        }
        return [
            .init(
                """
                INSERT INTO page_origin (document_id, format, body, rendered, names, hash)
                VALUES ($1, $2, $3, $4, $5, $6)
                ON CONFLICT (document_id) DO UPDATE SET format = excluded.format, body = excluded.body,
                    rendered = excluded.rendered, names = excluded.names, hash = excluded.hash
                """,
                [
                    .text(id), .text(origin.format), .text(origin.body), PostgresValue(origin.rendered),
                    .text(try CorpusText.encode(origin.names)), .text(origin.hash),
                ])
        ]
    }

    static func puttingInclusions(
        _ inclusions: [Inclusion], of id: String
    ) -> [PostgresConnection.Statement] {
        [.init("DELETE FROM inclusion WHERE document_id = $1", [.text(id)])]
            + inclusions.map { inclusion in
                .init(
                    """
                    INSERT INTO inclusion (document_id, space_key, title, target_id, target_hash, is_allowed)
                    VALUES ($1, $2, $3, $4, $5, $6)
                    ON CONFLICT (document_id, space_key, title) DO UPDATE SET target_id = excluded.target_id,
                        target_hash = excluded.target_hash, is_allowed = excluded.is_allowed
                    """,
                    [
                        .text(id), .text(inclusion.spaceKey), .text(inclusion.title),
                        PostgresValue(inclusion.targetID), .text(inclusion.targetHash),
                        .bool(inclusion.isAllowed),
                    ])
            }
    }

    private static func origin(_ row: PostgresRow, from column: Int) throws -> PageOrigin {
        PageOrigin(
            format: try row.text(column), body: try row.text(column + 1),
            rendered: try row.optionalText(column + 2),
            names: try CorpusText.decode([String: String].self, row.text(column + 3)))
    }

    private static func state(
        title: String, spaceKey: String, _ db: PostgresConnection
    ) throws -> StaleInclusions.Target? {
        try found("SELECT d.id, o.hash, a.rule", title: title, spaceKey: spaceKey, db).map { row in
            StaleInclusions.Target(
                id: try row.text(0), hash: try row.text(1), readers: try CorpusText.decodeRule(row.text(2)))
        }
    }

    /// A page before a blog post, and the title as it is written before others.
    private static func found(
        _ columns: String, title: String, spaceKey: String, _ db: PostgresConnection
    ) throws -> PostgresRow? {
        let origins = " FROM document d JOIN page_origin o ON o.document_id = d.id \(ownAccess)"
        if spaceKey == Inclusion.byID {
            return try db.query("\(columns)\(origins) WHERE d.id = $1", [.text(title)]).first
        }
        return try db.query(
            """
            \(columns)\(origins)
            WHERE d.space_key = $1 AND left(lower(d.title), 200) = left(lower($2 COLLATE "C"), 200)
                AND lower(d.title) = lower($2 COLLATE "C") AND d.kind IN ('page', 'blogPost')
            ORDER BY (d.kind = 'page') DESC, (d.title = $2) DESC, d.id LIMIT 1
            """, [.text(spaceKey), .text(title)]
        ).first
    }
}
