import Corpus
import Ingest
import Sourcing

@testable import Server

/// A source that a tenant has, and that reads nothing.
struct TenantSource: JobSource {
    let id: String

    var description: JobSourceDescription {
        JobSourceDescription(
            kind: "confluence", dialect: "cloud", baseURL: "https://\(id).example", ledger: id, spaces: [],
            excludedSpaces: [], pause: nil)
    }

    func check() async -> SourceCheck { SourceCheck() }
    func spaces() async throws -> [SourceSpace] { [] }
    func check(_ scope: IngestJob.Scope, isDryRun: Bool) throws(IngestJobError) {}

    func documents(of scope: IngestJob.Scope, isDryRun: Bool) async throws -> any DocumentSource {
        throw IngestJobError.badScope(reason: "nothing is read in this test")
    }
}
