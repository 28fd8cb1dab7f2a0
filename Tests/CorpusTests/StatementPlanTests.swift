import GRDB
import Testing

@testable import CorpusSQLite

@Suite(.timeLimit(.minutes(1))) struct `Plans of statements` {
    @Test(arguments: ["1", "1,2"])
    func `each page is looked up by its own passages, however few classes somebody satisfies`(
        classes: String
    ) async throws {
        let corpus = try SQLiteCorpus.inMemory()
        let plan = try await corpus.read { db in
            try Row.fetchAll(
                db,
                sql: "EXPLAIN QUERY PLAN "
                    + SQLiteSnapshot.titleSelection(isReadable: "c.access_class_id IN (\(classes))"),
                arguments: ["page"]
            ).map { $0["detail"] as String }
        }
        #expect(plan.contains { $0.contains("document_by_update") }, "\(plan)")
        #expect(plan.contains { $0.contains("document_id=?") }, "\(plan)")
        #expect(!plan.contains { $0.contains("chunk_by_access") }, "\(plan)")
    }
}
