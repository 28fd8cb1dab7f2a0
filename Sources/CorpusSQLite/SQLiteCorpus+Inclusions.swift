@_spi(CorpusEngine) import Corpus
import Foundation
import GRDB

/// Pages within pages, and what that means for who may read them.
///
/// What always holds in the database: if the text of page A may hold content of page B, then whoever may
/// search A's chunks may read B. A is written with B's content only where A's readers imply B's. When B's
/// readers are narrowed, the same transaction adds B's rule to A's (`withheld` keeps what A's rule is by
/// itself), so A is closed to some for a while rather than B open to them; when B is removed, A is closed to
/// all. The ingest then renders A anew without B, which gives A its own readers back.
extension SQLiteCorpus: InclusionStore {
    /// The page or blog post of that title, if its source is kept. Titles are compared as Confluence does,
    /// without regard to case.
    public func includablePage(title: String, spaceKey: String) async throws(CorpusError) -> IncludablePage? {
        try await read { try Self.includablePage(title: title, spaceKey: spaceKey, $0) }
    }

    /// The page or blog post of that id, if its source is kept.
    public func includablePage(id: String) async throws(CorpusError) -> IncludablePage? {
        try await includablePage(title: id, spaceKey: Inclusion.byID)
    }

    /// A stored document, with its own readers, and what it was rendered from.
    public func documentWithOrigin(id: String) async throws(CorpusError) -> (Document, PageOrigin)? {
        try await read { db in
            guard
                let row = try Row.fetchOne(
                    db,
                    sql: """
                        SELECT d.*, a.rule, o.format, o.body, o.rendered, o.names,
                            (SELECT json_group_array(l.name) FROM label l WHERE l.document_id = d.id) AS labels
                        FROM document d JOIN page_origin o ON o.document_id = d.id
                            LEFT JOIN withheld w ON w.document_id = d.id
                            JOIN access_class a ON a.id = COALESCE(w.access_class_id, d.access_class_id)
                        WHERE d.id = ?
                        """, arguments: [id])
            else { return nil }
            return (try Self.document(row), try Self.origin(row))
        }
    }

    /// Documents whose text would come out otherwise now: a page that they include changed, came, went, or
    /// is readable by others than it was.
    public func documentsWithStaleInclusions() async throws(CorpusError) -> [String] {
        try await read { db in
            let rows = try Row.fetchAll(
                db,
                sql: """
                    SELECT i.*, a.rule FROM inclusion i JOIN document d ON d.id = i.document_id
                        LEFT JOIN withheld w ON w.document_id = d.id
                        JOIN access_class a ON a.id = COALESCE(w.access_class_id, d.access_class_id)
                    ORDER BY i.document_id
                    """)
            var stale = StaleInclusions()
            for row in rows {
                try stale.look(at: Self.inclusion(row), ofDocument: row["document_id"]) {
                    try Self.decodeRule(row["rule"])
                } target: { title, spaceKey in
                    try Self.state(title: title, spaceKey: spaceKey, db)
                }
            }
            return stale.documents
        }
    }

    /// Notes what a document includes when its text came out the same.
    public func setInclusions(
        _ inclusions: [Inclusion], readers: AccessRule, ofDocument id: String
    ) async throws(CorpusError) {
        try await write { db in
            try Self.put(inclusions, ofDocument: id, db)
            try SQLiteInclusionReaders(db: db).set(readers, ofDocument: id, including: inclusions)
            try Self.advanceGeneration(db)
        }
    }
}
