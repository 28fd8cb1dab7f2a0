import Concurrency
import Confluence
import Corpus
import Documents
import EngineSupport
import Foundation
import HTTPTypes
import Identity
import Ingest
import Logging
import Models
import Sourcing
import TestSupport
import Testing
import TextIndex
import Workspace

@testable import Server

/// The corpus of ``ServerFixture`` with everything that reads, shows and removes documents over it.
struct JobFixture {
    let base: ServerFixture
    let workspace: any WorkspaceDatabase
    let jobs: IngestJobs
    let uploads: UploadSource
    let folder: TemporaryDirectory
    /// What administrators add.
    var sources: RuntimeSources?
    /// Keeps files that come in several requests.
    var resumable: ResumableUploads?
    /// What administrators see of the server.
    var administration = ServedAdministration()

    static let uploadLimitBytes = 1 << 20

    /// - Parameters:
    ///   - engine: keeps the corpus, and what else people make.
    ///   - named: what jobs read; they may remember in the corpus.
    init(
        engine: StorageEngine = .sqlite,
        _ named: (any CorpusStore) throws -> [any JobSource] = { _ in [] }, verifier: ReadVerifier? = nil
    ) async throws {
        base = try await ServerFixture(engine: engine)
        workspace = try await engine.workspace()
        folder = try TemporaryDirectory()
        let (corpus, index, embedder, logger) = (base.corpus, base.index, base.embedder, base.log.logger)
        let words = WordIndex(base.words)
        uploads = UploadSource(
            folder: folder.url, limitBytes: Self.uploadLimitBytes, attachmentText: AttachmentText()
        ) { file, _ in try SpaceExportSource(path: file, baseURL: nil) }
        jobs = IngestJobs(
            store: corpus, sources: try named(corpus), uploads: uploads, verifier: verifier, logger: logger
        ) {
            isDryRun in
            var options = IngestOptions()
            options.levelsIndex = false
            options.isDryRun = isDryRun
            return IngestPipeline(
                store: corpus, index: isDryRun ? nil : index, words: isDryRun ? nil : words,
                embedder: embedder, counter: QuarterWordCounter(), options: options, logger: logger)
        }
    }

    /// What the server answers, which must be what its operation declares.
    ///
    /// - Parameters:
    ///   - pieces: the body as it comes, in place of `upload`.
    ///   - scopes: what everybody may do.
    func respond(
        _ method: HTTPRequest.Method, _ target: String, json: String? = nil, upload: Data? = nil,
        pieces: PulledSequence<Data>? = nil,
        headers: HTTPFields = [:], scopes: Set<Scope> = Set(Scope.allCases)
    ) async throws -> APIResponse {
        var headers = headers
        if headers[.contentType] == nil {
            if json != nil { headers[.contentType] = "application/json" }
            if upload != nil { headers[.contentType] = "application/octet-stream" }
        }
        var configuration = ServerFixture.open()
        configuration.anonymousScopes = scopes
        let served = ServedIngest(jobs: jobs, store: base.corpus, feedback: workspace, sources: sources)
        let identity = ServedIdentity(keys: APIKeys(store: workspace))
        let application = Application(
            operations: served.operations(resuming: resumable)
                + (resumable.map { UploadOperations(uploads: $0).operations } ?? [])
                + administration.operations(identity), scopes: base.corpus,
            configuration: configuration, logger: base.log.logger, identity: identity,
            usage: administration.usage)
        let parts = target.split(separator: "?", maxSplits: 1).map(String.init)
        let pieces = pieces ?? PulledSequence(upload.map { [$0] } ?? [])
        let response = await application.respond(
            to: APIRequest(
                method: method, path: parts[0], query: parts.count > 1 ? parts[1] : nil, headers: headers,
                body: Data((json ?? "").utf8), id: "test-1"),
            body: BodySource(whole: { Data() }, pieces: { _ in pieces }))
        if let match = try? application.router.match(method: method, path: parts[0]) {
            try ContractCheck.check(response, of: match.operation)
        }
        return response
    }

    /// Carries out the job that waits longest.
    @discardableResult
    func runNext() async throws -> IngestJob? {
        for source in jobs.sources + [uploads] {
            if let job = await jobs.runNext(of: source) { return job }
        }
        return nil
    }
}

extension APIResponse {
    /// The body as text.
    var said: String { String(decoding: data ?? Data(), as: UTF8.self) }
}
