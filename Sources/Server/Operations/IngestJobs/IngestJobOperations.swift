import Corpus
import Foundation
import HTTPTypes
import Ingest

/// `/v1/ingest/jobs`: readings of sources, asked for and followed while the server answers.
struct IngestJobOperations: Sendable {
    let jobs: IngestJobs
    /// Keeps files that come in several requests; `nil` where each must come whole.
    var resumable: ResumableUploads?

    var operations: [Operation] {
        [create, list, show, follow] + controls + UploadOperation(jobs: jobs, resumable: resumable).operations
    }

    private static let id = Inputs.path("id", .text, "the job's id")

    /// A job that was accepted, with its address.
    static func accepted(_ job: IngestJob) throws -> APIResponse {
        try .json(IngestJobDocument(job), status: .accepted, location: "/v1/ingest/jobs/\(job.id)")
    }

    private var create: Operation {
        .scoped(
            .ingest, "createIngestJob", .post, "/v1/ingest/jobs",
            summary: "a source, a space or a page, read anew",
            section: "ingest-jobs", inputs: .json(IngestJobBody.self),
            responses: [
                .json(
                    IngestJobDocument.self, status: 202,
                    "the job is stored and will be carried out; an equal one that waits already stands for it"
                )
            ], problems: [.noSuchThing, .tooMany, .wrongState]
        ) { body, caller in
            try Self.accepted(
                try await jobs.submit(
                    source: body.source, scope: body.scope, isDryRun: body.isDryRun, by: caller.actor,
                    for: caller.account))
        }
    }

    private var list: Operation {
        .scoped(
            .ingest, "listIngestJobs", .get, "/v1/ingest/jobs", summary: "ingest jobs, newest first",
            section: "ingest-jobs",
            inputs: Inputs.query("source", .text, standard: "", "only jobs of this source")
                .and(Inputs.query("state", .text, standard: "", "only jobs in this state"))
                .and(Inputs.query("cursor", .cursor, standard: .beginning, "“next” of the page before"))
                .and(Inputs.query("limit", .integer(in: 1...200), standard: 50, "jobs a page")),
            responses: [.json(IngestJobListDocument.self, "one page")],
            problems: [.invalidParameter, .noSuchThing]
        ) { input, _ in
            try await page(source: input.0.0.0, state: input.0.0.1, after: input.0.1, limit: input.1)
        }
    }

    private func page(
        source: String, state: String, after cursor: PageCursor, limit: Int
    ) async throws -> APIResponse {
        let wanted = IngestJob.State(rawValue: state)
        guard state.isEmpty || wanted != nil else {
            let states = IngestJob.State.allCases.map(\.rawValue).joined(separator: ", ")
            throw RequestFault.invalidParameter(name: "state", expectation: "one of \(states)")
        }
        let found = try await jobs.jobs(
            source: source.isEmpty ? nil : source, states: wanted.map { [$0] } ?? [],
            before: cursor.id.isEmpty ? nil : cursor.id, limit: limit)
        return try .json(
            IngestJobListDocument(
                jobs: found.map { IngestJobDocument($0) },
                next: Nullable(wrappedValue: PageCursor.next(after: found.map(\.id), limit: limit))))
    }

    private var show: Operation {
        .scoped(
            .ingest, "getIngestJob", .get, "/v1/ingest/jobs/{id}", summary: "an ingest job as it stands",
            section: "ingest-jobs", inputs: Self.id, responses: [.json(IngestJobDocument.self, "the job")],
            problems: [.noSuchThing]
        ) { id, _ in try .json(IngestJobDocument(try await jobs.job(id))) }
    }

    private var follow: Operation {
        .scoped(
            .ingest, "followIngestJob", .get, "/v1/ingest/jobs/{id}/events",
            summary: "how far an ingest job comes, as it happens", section: "ingest-jobs",
            inputs: Self.id
                .and(Inputs.query("from", .integer(in: 0...Int.max), standard: 0, "the first position"))
                .and(
                    Inputs.header(
                        .lastEventID, .integer(in: 0...Int.max),
                        "the last position that was read; goes before “from”")),
            responses: [.events(IngestJobEvents.declarations, "its events, to the last one")],
            problems: [.noSuchThing]
        ) { input, _ in
            let ((id, from), last) = input
            return IngestJobEvents.stream(try await jobs.events(of: id, after: last ?? from - 1))
        }
    }

    private var controls: [Operation] {
        [
            control("pause", "an ingest job, held before its next document") { try await jobs.pause($0) },
            control("resume", "a paused ingest job, going on") { try await jobs.resume($0) },
            control("cancel", "an ingest job, ended; what it stored stays") { try await jobs.cancel($0) },
        ]
    }

    private func control(
        _ name: String, _ summary: String, _ act: @escaping @Sendable (String) async throws -> IngestJob
    ) -> Operation {
        .scoped(
            .ingest, "\(name)IngestJob", .post, "/v1/ingest/jobs/{id}/\(name)", summary: summary,
            section: "ingest-jobs", inputs: Self.id,
            responses: [.json(IngestJobDocument.self, "the job as it stands")],
            problems: [.noSuchThing, .wrongState]
        ) { id, _ in try .json(IngestJobDocument(try await act(id))) }
    }
}
