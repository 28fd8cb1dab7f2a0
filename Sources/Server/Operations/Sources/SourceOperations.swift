import Corpus
import Foundation
import HTTPTypes
import Ingest

/// `/v1/sources`: what the settings name to be read, whether it can be, and what of it failed.
struct SourceOperations: Sendable {
    let jobs: IngestJobs
    let store: any IngestFailureLog & StateStore

    var operations: [Operation] { [list, show, test, spaces, failures] }

    private static let id = Inputs.path("id", .text, "the source's id")

    private var list: Operation {
        .scoped(
            .ingest, "listSources", .get, "/v1/sources", summary: "what is read, and how it stands",
            section: "sources", inputs: .none,
            responses: [.json(SourceListDocument.self, "the sources that the settings name")]
        ) { _, _ in
            var found: [SourceDocument] = []
            for source in jobs.sources { found.append(try await document(of: source)) }
            return try .json(SourceListDocument(sources: found))
        }
    }

    private var show: Operation {
        .scoped(
            .ingest, "getSource", .get, "/v1/sources/{id}", summary: "a source, and how it stands",
            section: "sources", inputs: Self.id, responses: [.json(SourceDocument.self, "the source")],
            problems: [.noSuchThing]
        ) { id, _ in try .json(try await document(of: jobs.source(id))) }
    }

    private func document(of source: any JobSource) async throws -> SourceDocument {
        let description = source.description
        let ended = try await jobs.jobs(
            source: source.id, states: Set(IngestJob.State.allCases.filter(\.isFinal)), before: nil,
            limit: 100)
        let open = try await jobs.jobs(
            source: source.id, states: [.running, .paused, .cancelling], before: nil, limit: 10)
        return SourceDocument(
            id: source.id, description,
            lastSync: ended.first { $0.scope == .site && !$0.isDryRun },
            current: open.first { $0.state != .paused || $0.startedAt != nil },
            syncedAt: try await store.state("synced_at"),
            documents: try await store.documentCounts(ofSource: description.ledger),
            failures: try await store.countIngestFailures(of: source.id))
    }

    private var test: Operation {
        .scoped(
            .ingest, "testSource", .post, "/v1/sources/{id}/test",
            summary: "whether a source can be read, step by step", section: "sources", inputs: Self.id,
            responses: [.json(SourceCheckDocument.self, "what was found; “ok” says whether it can be read")],
            problems: [.noSuchThing]
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
                .and(Inputs.query("limit", .integer(in: 1...500), standard: 100, "failures a page")),
            responses: [.json(FailureListDocument.self, "one page, by id")], problems: [.noSuchThing]
        ) { input, _ in
            let ((id, cursor), limit) = input
            let source = try jobs.source(id)
            let found = try await store.ingestFailures(of: source.id, after: cursor.id, limit: limit)
            return try .json(
                FailureListDocument(
                    failures: found.map { FailureDocument($0) },
                    next: Nullable(wrappedValue: PageCursor.next(after: found.map(\.id), limit: limit))))
        }
    }
}
