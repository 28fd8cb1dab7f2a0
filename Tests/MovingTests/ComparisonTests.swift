import Backends
import Foundation
import Moving
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(2))) struct `A comparison of both sides` {
    private func differences(_ sql: String) async throws -> [MoveDifference] {
        let sample = try await SampleFolder()
        let server = try PostgresServer.shared(.v18).freshPlace()
        let move = DatabaseMove(from: .folder(sample.url), to: .server(server))
        try await move.run()
        try server.ask(sql)
        let error = await #expect(throws: MovingError.self) { _ = try await move.check() }
        guard case .different(let differences) = error else {
            Issue.record("\(String(describing: error))")
            return []
        }
        return differences
    }

    @Test func `finds a row that is not the same, by its key`() async throws {
        let found = try await differences("UPDATE embedding SET vector = vector || '\\x00'::bytea")
        #expect(found.map(\.table) == ["embedding"] && found.first?.kind == .changed)
        #expect(found.first.map { $0.sourceRows == $0.targetRows } == true)
    }

    @Test func `finds a letter that is spelled in another way`() async throws {
        let found = try await differences(
            "UPDATE chunk SET text = replace(text, U&'cafe\\0301', U&'caf\\00e9') WHERE id = 7")
        #expect(found.map(\.key) == ["7"] && found.first?.kind == .changed)
    }

    @Test func `finds a row that is missing, and one too many`() async throws {
        let missing = try await differences("DELETE FROM message WHERE id = 'm3'")
        #expect(missing.first?.kind == .missing && missing.first?.table == "message")
        #expect(missing.first.map { $0.sourceRows - $0.targetRows } == 1)
        let added = try await differences("INSERT INTO label (document_id, name) VALUES ('d2', 'aa')")
        #expect(added.first?.kind == .added && added.first?.key == "“d2”, “aa”")
    }

    @Test func `finds the smallest change of a number`() async throws {
        let found = try await differences(
            "UPDATE document SET updated_at = updated_at + 0.0000003 WHERE id = 'd5'")
        #expect(found.map(\.key) == ["“d5”"])
    }
}
