import Corpus
import Ingest
import Sourcing

/// A source that cannot be made of what is kept of it: its secret does not open, say. It is there, and says why.
struct UnusableSource: JobSource {
    let id: String
    let description: JobSourceDescription
    let reason: String

    func check() async -> SourceCheck {
        SourceCheck(steps: [SourceCheck.Step(name: "connection", isGood: false, message: reason)])
    }

    func spaces() async throws -> [SourceSpace] { throw failure }

    func check(_ scope: IngestJob.Scope, isDryRun: Bool) throws(IngestJobError) {}

    func documents(of scope: IngestJob.Scope, isDryRun: Bool) async throws -> any DocumentSource {
        throw failure
    }

    private var failure: IngestJobError { .sourceFailed(source: description.name, reason: reason) }
}
