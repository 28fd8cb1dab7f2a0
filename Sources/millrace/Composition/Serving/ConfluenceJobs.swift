import Confluence
import Corpus
import Foundation
import Ingest
import Logging
import Sourcing
import Synchronization

/// The Confluence that the settings name, as jobs read it.
final class ConfluenceJobs: JobSource {
    static let sourceID = "confluence"

    let id = ConfluenceJobs.sourceID
    private let services: Services
    private let address: String
    private let source: RotatingSource
    private let ledger: String
    private let schedule: SyncSchedule?
    /// What the site turned out to be when it was last tried.
    private let dialect = Mutex<String?>(nil)

    init(_ services: Services, address: String, schedule: SyncSchedule?) throws {
        self.services = services
        self.address = address
        self.schedule = schedule
        let corpus = try services.corpus()
        source = RotatingSource { try services.confluenceSource(address, corpus: corpus) }
        // What is wrong with the settings is told at the start, and not by the first job.
        ledger = try source.current(signedBy: services.confluenceSecrets).baseURL
    }

    private func current() throws -> ConfluenceSource {
        try source.current(signedBy: services.confluenceSecrets)
    }

    var description: JobSourceDescription {
        let scope = services.confluenceScope()
        let said =
            switch services.settings[\.confluence.flavour] {
            case .cloud: "cloud"
            case .dataCenter: "data-center"
            case .detect: "detect"
            }
        return JobSourceDescription(
            kind: "confluence", dialect: dialect.withLock { $0 } ?? said, baseURL: ledger, ledger: ledger,
            spaces: scope.spaces, excludedSpaces: scope.excludedSpaces, pause: schedule?.pause,
            nextSync: schedule?.next)
    }

    // MARK: Trying

    /// A source that asks once: a person waits for the answer.
    private func impatient() throws -> ConfluenceSource {
        let (configuration, _) = try services.confluence(address)
        return try ConfluenceSource(
            configuration: configuration, client: try services.plainClient(),
            corpus: try services.trialCorpus())
    }

    func check() async -> SourceCheck {
        var check = SourceCheck()
        do {
            let source = try impatient()
            let found = try await source.inspect()
            dialect.withLock { $0 = found.dialect }
            check.tell(found, at: source.baseURL)
            let spaces = try await source.visibleSpaces()
            check.tell(visible: spaces.count, read: spaces.count(where: \.isRead))
        } catch {
            check.steps.append(
                SourceCheck.Step(
                    name: check.steps.isEmpty ? "connection" : "spaces", isGood: false, message: "\(error)"))
        }
        return check
    }

    func spaces() async throws -> [SourceSpace] {
        do {
            return try await impatient().visibleSpaces().map {
                SourceSpace(space: $0.space, isChosen: $0.isRead)
            }
        } catch let error as CancellationError {
            throw error
        } catch {
            throw IngestJobError.sourceFailed(source: id, reason: "\(error)")
        }
    }

    // MARK: Reading

    func check(_ scope: IngestJob.Scope, isDryRun: Bool) throws(IngestJobError) {
        switch scope {
        case .site: return
        case .space(let key):
            let narrowed: ConfluenceSource?
            do {
                narrowed = try current().narrowed(toSpace: key)
            } catch {
                throw .sourceFailed(source: id, reason: "\(error)")
            }
            guard narrowed != nil else {
                throw .badScope(reason: "the settings leave the space \(key) out")
            }
        case .page:
            guard !isDryRun else { throw .badScope(reason: "a dry run is of the site or of a space") }
        case .upload: throw .badScope(reason: "the source \(id) has no files")
        }
    }

    func documents(of scope: IngestJob.Scope, isDryRun: Bool) async throws -> any DocumentSource {
        // What a sync remembers is changed by it, so a dry run reads as if for the first time.
        let source = isDryRun ? try services.confluenceSource(address, corpus: nil) : try current()
        switch scope {
        case .site: return source
        case .space(let key):
            guard let narrowed = try source.narrowed(toSpace: key) else {
                throw IngestJobError.badScope(reason: "the settings leave the space \(key) out")
            }
            return narrowed
        case .page(let id): return source.refresh([.content(id)])
        case .upload: throw IngestJobError.badScope(reason: "the source \(id) has no files")
        }
    }

    func ended(_ job: IngestJob) async {
        guard job.scope == .site, job.state == .finished, !job.isDryRun else { return }
        do {
            try await current().pruneCache(toBytes: services.pageCacheLimit)
        } catch {
            services.logger.warning(
                "the page cache could not be tidied up", metadata: ["millrace.reason": "\(error)"])
        }
    }
}

extension SourceCheck {
    fileprivate mutating func tell(_ found: ConfluenceInspection, at address: String) {
        let product = found.dialect == "cloud" ? "Confluence Cloud" : "Confluence Data Center"
        steps.append(Step(name: "connection", isGood: true, message: "\(address) answers as \(product)."))
        account = found.account
        version = found.version
        steps.append(
            Step(
                name: "account", isGood: account == nil ? nil : true,
                message: account.map { "Requests are made by \($0)." }
                    ?? "The site does not say who makes the requests; they may be nobody's."))
        if found.dialect != "cloud" {
            steps.append(
                Step(
                    name: "version", isGood: version == nil ? nil : true,
                    message: version.map { "It is version \($0)." } ?? "The site does not tell its version."))
        }
    }

    fileprivate mutating func tell(visible: Int, read: Int) {
        visibleSpaces = visible
        let message =
            visible == 0
            ? "The account sees no space. Give it the right to view those that are to be read."
            : read == 0
                ? "The account sees \(visible) spaces, and the settings choose none of them."
                : "The account sees \(visible) spaces, and \(read) of them are read."
        steps.append(Step(name: "spaces", isGood: read > 0, message: message))
    }
}
