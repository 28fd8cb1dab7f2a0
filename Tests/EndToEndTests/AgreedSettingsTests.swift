import Backends
import Foundation
import TestSupport
import Testing

@testable import millrace

@Suite struct `Settings that processes must agree on` {
    @Test func `are no secrets, and none of one process alone`() {
        let agreed = AgreedSettings.groups.values.joined() + AgreedSettings.confluence
        #expect(agreed.allSatisfy { !$0.isSecret })
        let names = Set(agreed.map(\.key))
        for own in ["server.port", "server.host", "data", "log.level", "embedding.threads", "database.host"] {
            #expect(!names.contains(own), "\(own)")
        }
        for shared in ["auth.required", "ingest.strategy", "search.ef_search", "vectors.provider", "tenants"]
        {
            #expect(names.contains(shared), "\(shared)")
        }
        // Each is in one group.
        #expect(names.count == agreed.count)
    }

    @Test func `have uploads called as they were in the folder whose data were moved`() throws {
        let folder = try TemporaryDirectory()
        let server = PostgresSettings(host: "db.example", database: "wiki", user: "ann", schema: "mill")
        #expect(!UploadsName.isKept(of: folder.url, in: server))
        try UploadsName.keep(of: folder.url, movedTo: server)
        #expect(UploadsName.isKept(of: folder.url, in: server))
        var other = server
        other.schema = "another"
        #expect(!UploadsName.isKept(of: folder.url, in: other))
        // The server may have another name by now.
        let promoted = PostgresSettings(host: "db-2.example", database: "wiki", user: "bob", schema: "mill")
        #expect(UploadsName.isKept(of: folder.url, in: promoted))
    }
}
