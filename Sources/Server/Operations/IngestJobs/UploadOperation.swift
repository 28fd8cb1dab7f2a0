import Concurrency
import Corpus
import Foundation
import HTTPTypes
import Ingest

/// `POST /v1/ingest/uploads`: a space export or a document, sent and ingested.
struct UploadOperation: Sendable {
    let jobs: IngestJobs
    /// Keeps files that come in several requests; `nil` where each must come whole.
    var resumable: ResumableUploads?

    /// None where no files are taken.
    var operations: [Operation] { jobs.uploads.map { [operation(limitBytes: $0.limitBytes)] } ?? [] }

    private func operation(limitBytes: Int) -> Operation {
        // An export says who may read its pages, and who is in which group: whoever sends one decides over both.
        .resumable(
            resumable, .admin, "uploadForIngest", .post, "/v1/ingest/uploads",
            summary: "a space export or a document, sent and ingested", section: "uploads",
            inputs: Inputs.query(
                "name", .text, standard: "", "the file's name, whose ending says what it is"
            ).and(
                Inputs.query(
                    "readers", .text, standard: "",
                    "who may read a document: principals with commas between them; not for an export")
            ).and(Inputs.query("dry_run", .flag, standard: false, "whether it only says what would change"))
                .and(
                    .stream(
                        contentTypes: ["application/octet-stream", "application/zip"], limitBytes: limitBytes,
                        "the file")),
            responses: [
                .json(IngestJobDocument.self, status: 202, "the file is kept, and will be ingested")
            ], problems: [.invalidParameter, .tooMany],
            check: { input, _ in
                let (((name, readers), _), _) = input
                try jobs.check(uploadNamed: name, readers: try Self.rule(readers))
            }
        ) { input, caller in
            let (((name, readers), isDryRun), pieces) = input
            return try IngestJobOperations.accepted(
                try await jobs.submit(
                    upload: pieces, named: name, readers: try Self.rule(readers), isDryRun: isDryRun,
                    by: caller.actor, for: caller.account))
        }
    }

    /// Whoever is one of the principals may read; `nil` when none is named.
    private static func rule(_ list: String) throws(RequestFault) -> AccessRule? {
        guard !list.isEmpty else { return nil }
        do {
            let principals = try PrincipalList.principals(list)
            guard !principals.isEmpty else { return nil }
            return AccessRule(allOf: [Set(principals)])
        } catch {
            throw .invalidParameter(
                name: "readers", expectation: "principals with commas between them. \(error)")
        }
    }
}
