import Backends
import Corpus
import Foundation
import TestSupport
import Testing

@testable import millrace

@Suite struct `Settings that processes must agree on` {
    @Test func `are no secrets, and none of one process alone`() {
        let agreed = AgreedSettings.groups.values.joined() + AgreedSettings.confluence
        #expect(agreed.allSatisfy { !$0.isSecret })
        let names = Set(agreed.map(\.key))
        for own in [
            "server.port", "server.host", "data", "log.level", "embedding.threads", "database.host",
            "embedding.prices", "rerank.prices", "comprehend.unit_price", "bedrock.guardrail_prices",
        ] {
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

    private func node(
        _ id: String, version: String, width: String = "128", format: String = "1"
    ) -> NodeAnnouncement {
        NodeAnnouncement(
            id: id, role: "serve", version: version,
            facts: AgreedFacts(
                [
                    AgreedSettings.searchGroup: ["search.ef_search": width],
                    AgreedSettings.indexGroup: ["index format": format],
                ], salt: "one"))
    }

    @Test func `may be of two versions while a fleet is brought up to date, which the doctor notes`() {
        let own = node("", version: "0.2.0", format: "2")
        let alike = DatabaseDiagnosis.finding(of: own, among: [node("1", version: "0.2.0", format: "2")])
        #expect(alike.isFine && !alike.isNoted)
        let old = DatabaseDiagnosis.finding(
            of: own, among: [node("1", version: "0.2.0", format: "2"), node("2", version: "0.1.0")])
        #expect(old.isFine && old.isNoted, "\(old)")
        #expect(old.detail.contains("1 of 2") && old.detail.contains("node 2 (serve, 0.1.0)"), "\(old)")
    }

    @Test func `are at fault where a setting differs, whatever the versions`() {
        let own = node("", version: "0.2.0")
        for version in ["0.2.0", "0.1.0"] {
            let other = node("1", version: version, width: "64")
            let found = DatabaseDiagnosis.finding(of: own, among: [node("2", version: "0.1.0"), other])
            #expect(!found.isFine && found.detail.contains("1 of 2"), "\(found)")
            #expect(found.detail.contains("search.ef_search"), "\(found)")
        }
        // One version has one format of its indexes.
        let torn = DatabaseDiagnosis.finding(of: own, among: [node("1", version: "0.2.0", format: "2")])
        #expect(!torn.isFine && torn.detail.contains("index format"), "\(torn)")
    }
}
