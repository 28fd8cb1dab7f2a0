import Corpus
import Foundation
import HTTPTypes
import Ingest
import Workspace

/// `/v1/sources`: what is read, whether it can be, and what of it failed; and what administrators change of it.
struct SourceOperations: Sendable {
    let jobs: IngestJobs
    let store: any IngestFailureLog & StateStore
    /// What administrators have added; `nil` where they cannot.
    var runtime: RuntimeSources?
    /// What the settings name, by id.
    var settings: [String: SourceDefinition] = [:]
    /// Where the names of spaces are read; `nil` for their keys alone.
    var directory: (any DocumentDirectory)?

    var operations: [Operation] {
        [list, show, test, spaces, failures] + (runtime.map { changes($0) } ?? [])
    }

    static let id = Inputs.path("id", .text, "the source's id")

    private var list: Operation {
        .scoped(
            .ingest, "listSources", .get, "/v1/sources", summary: "what is read, and how it stands",
            section: "sources", inputs: .none,
            responses: [
                .json(SourceListDocument.self, "the sources of the settings and those that were added")
            ]
        ) { _, _ in
            var found: [SourceDocument] = []
            for source in jobs.sources { found.append(try await document(of: source)) }
            return try .json(SourceListDocument(sources: found))
        }
    }

    private var show: Operation {
        .scoped(
            .ingest, "getSource", .get, "/v1/sources/{id}", summary: "a source, and how it stands",
            section: "sources", inputs: Self.id,
            responses: [.json(SourceDocument.self, "the source; its ETag for one that was added")],
            problems: [.noSuchThing]
        ) { id, caller in
            try await response(to: id) { try await naming(spacesOf: &$0, for: caller.scope) }
        }
    }

    /// A source with the tag of its revision, if it has any.
    ///
    /// - Parameter complete: adds what is told of one source alone.
    func response(
        to id: String, status: HTTPResponse.Status = .ok,
        complete: (inout SourceDocument) async throws -> Void = { _ in }
    ) async throws -> APIResponse {
        // Before the rest: a change meanwhile makes the tag an old one, which is refused, and never a new one.
        let revision = runtime?.stored(id)?.revision
        var found = try await document(of: jobs.source(id))
        try await complete(&found)
        var response = try APIResponse.json(found, status: status)
        if let revision { response.headers[.eTag] = RevisionCondition.tag(of: revision) }
        return response
    }

    private func document(of source: any JobSource) async throws -> SourceDocument {
        let description = source.description
        let ended = try await jobs.jobs(
            source: source.id, states: Set(IngestJob.State.allCases.filter(\.isFinal)), before: nil,
            limit: 100)
        let open = try await jobs.jobs(
            source: source.id, states: [.running, .paused, .cancelling], before: nil, limit: 10)
        let stored = runtime?.stored(source.id)
        var syncedAt = try await store.state(IngestJobs.syncedAt(of: source.id))
        // As it was noted before sources had notes of their own.
        if syncedAt == nil, stored == nil { syncedAt = try await store.state("synced_at") }
        return SourceDocument(
            id: source.id, description, stored: stored,
            definition: stored?.definition ?? settings[source.id],
            lastSync: ended.first { $0.scope == .site && !$0.isDryRun },
            current: open.first { $0.state != .paused || $0.startedAt != nil }, syncedAt: syncedAt,
            failedSyncs: runtime?.schedules.failures(of: source.id) ?? 0,
            documents: try await store.documentCounts(ofSource: description.ledger),
            spaceCounts: try await jobs.documentsBySpace(of: description.ledger),
            failures: try await store.countIngestFailures(of: source.id),
            reasons: try await store.ingestFailureReasons(
                of: source.id, limit: FailureReasonDocument.limit
            ).map { FailureReasonDocument($0) })
    }

    private var test: Operation {
        .scoped(
            .ingest, "testSource", .post, "/v1/sources/{id}/test",
            summary: "whether a source can be read, step by step", section: "sources", inputs: Self.id,
            responses: [.json(SourceCheckDocument.self, "what was found; “ok” says whether it can be read")],
            problems: [.noSuchThing], idempotency: .notKept
        ) { id, _ in try .json(SourceCheckDocument(try await jobs.source(id).check())) }
    }

    private var spaces: Operation {
        .scoped(
            .ingest, "listSourceSpaces", .get, "/v1/sources/{id}/spaces",
            summary: "the spaces that a source's account sees", section: "sources", inputs: Self.id,
            responses: [.json(SourceSpaceListDocument.self, "by key, with those that are read")],
            problems: [.noSuchThing, .componentFailed]
        ) { id, _ in
            let found = try await jobs.source(id).spaces()
            return try .json(
                SourceSpaceListDocument(spaces: found.map { SourceSpaceListDocument.Entry($0) }))
        }
    }

    private var failures: Operation {
        .scoped(
            .ingest, "listSourceFailures", .get, "/v1/sources/{id}/failures",
            summary: "the documents that failed when they were last read, and why", section: "sources",
            inputs: Self.id
                .and(Inputs.query("cursor", .cursor, standard: .beginning, "“next” of the page before"))
                .and(Inputs.query("limit", .integer(in: 1...500), standard: 100, "failures a page"))
                .and(
                    Inputs.query(
                        "reason", .text, standard: "", "only those of one of the source's “failure_reasons”")),
            responses: [.json(FailureListDocument.self, "one page, by id")], problems: [.noSuchThing]
        ) { input, _ in
            let (((id, cursor), limit), reason) = input
            let source = try jobs.source(id).id
            let found = try await store.ingestFailures(
                of: source, for: reason.isEmpty ? nil : reason, after: cursor.id, limit: limit)
            return try .json(
                FailureListDocument(
                    failures: found.map { FailureDocument($0) },
                    next: Nullable(wrappedValue: PageCursor.next(after: found.map(\.id), limit: limit))))
        }
    }
}
