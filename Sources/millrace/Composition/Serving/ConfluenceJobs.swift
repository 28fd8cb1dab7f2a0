import Confluence
import Corpus
import Foundation
import Ingest
import Logging
import Sourcing
import Synchronization

/// A Confluence, as jobs read it.
final class ConfluenceJobs: JobSource {
    /// How the site is reached.
    struct Site: Sendable {
        /// `cloud`, `data-center` or `detect`.
        var flavour: String
        /// `basic`, `bearer`, `oauth` or `none`.
        var signIn: String
        var scope: ConfluenceScope
        /// What it is signed in to with, as it is now.
        var secrets: @Sendable () -> [String?]
        /// Reads it; without remembering anything for a dry run.
        var source: @Sendable (_ isDryRun: Bool) throws -> ConfluenceSource
        /// Asks it once: a person waits for the answer.
        var impatient: @Sendable () throws -> ConfluenceSource
    }

    let id: String
    private let site: Site
    private let source: RotatingSource
    private let asking: RotatingSource
    private let baseURL: String
    private let ledger: String
    private let schedule: SyncSchedule?
    private let pageCacheLimit: Int
    private let logger: Logger
    /// What the site turned out to be when it was last tried.
    private let dialect = Mutex<String?>(nil)

    init(
        id: String, _ site: Site, schedule: SyncSchedule? = nil, pageCacheLimit: Int, logger: Logger
    ) throws {
        self.id = id
        self.site = site
        self.schedule = schedule
        self.pageCacheLimit = pageCacheLimit
        self.logger = logger
        source = RotatingSource { try site.source(false) }
        asking = RotatingSource { try site.impatient() }
        // What is wrong with the settings is told at the start, and not by the first job.
        let made = try source.current(signedBy: site.secrets())
        (baseURL, ledger) = (made.baseURL, made.ledger)
    }

    private func current() throws -> ConfluenceSource {
        try source.current(signedBy: site.secrets())
    }

    var description: JobSourceDescription {
        JobSourceDescription(
            name: id, kind: "confluence", dialect: dialect.withLock { $0 } ?? site.flavour, baseURL: baseURL,
            ledger: ledger, spaces: site.scope.spaces, excludedSpaces: site.scope.excludedSpaces,
            signIn: site.signIn, pause: schedule?.pause, nextSync: schedule?.next)
    }

    func mayRead(document id: String, account: String) async throws -> Bool {
        try await asked().mayRead(content: id, account: account)
    }

    /// Asks once, like ``Site/impatient``, but keeps its connections: it is asked for each page that is shown.
    private func asked() throws -> ConfluenceSource {
        let secrets = site.secrets()
        return try asking.current(signedBy: secrets)
    }

    func mayRead(space key: String) -> Bool { site.scope.mayInclude(space: key) }

    // MARK: Trying

    func check() async -> SourceCheck {
        var check = SourceCheck()
        do {
            let source = try site.impatient()
            let found = try await source.inspect()
            dialect.withLock { $0 = found.dialect }
            check.tell(found, at: source.baseURL)
            let spaces = try await source.visibleSpaces()
            check.tell(visible: spaces.count, read: spaces.count(where: \.isRead))
        } catch {
            check.steps.append(
                SourceCheck.Step(
                    name: check.steps.isEmpty ? "connection" : "spaces", isGood: false,
                    message: SiteAddresses.told(error)))
        }
        return check
    }

    func spaces() async throws -> [SourceSpace] {
        do {
            return try await site.impatient().visibleSpaces().map {
                SourceSpace(space: $0.space, isChosen: $0.isRead)
            }
        } catch let error as CancellationError {
            throw error
        } catch {
            throw IngestJobError.sourceFailed(source: id, reason: SiteAddresses.told(error))
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
                throw .badScope(reason: "the source leaves the space \(key) out")
            }
        case .page:
            guard !isDryRun else { throw .badScope(reason: "a dry run is of the site or of a space") }
        case .upload, .removal: throw .badScope(reason: "the source \(id) is read by sites, spaces and pages")
        }
    }

    func documents(of scope: IngestJob.Scope, isDryRun: Bool) async throws -> any DocumentSource {
        // What a sync remembers is changed by it, so a dry run reads as if for the first time.
        let source = isDryRun ? try site.source(true) : try current()
        switch scope {
        case .site: return source
        case .space(let key):
            guard let narrowed = try source.narrowed(toSpace: key) else {
                throw IngestJobError.badScope(reason: "the source leaves the space \(key) out")
            }
            return narrowed
        case .page(let id): return source.refresh([.content(id)])
        case .upload, .removal:
            throw IngestJobError.badScope(reason: "the source \(id) is read by sites, spaces and pages")
        }
    }

    func ended(_ job: IngestJob) async {
        guard job.scope == .site, job.state == .finished, !job.isDryRun else { return }
        do {
            try await current().pruneCache(toBytes: pageCacheLimit)
        } catch {
            logger.warning(
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
                ? "The account sees \(visible) spaces, and none of them is chosen."
                : "The account sees \(visible) spaces, and \(read) of them are read."
        steps.append(Step(name: "spaces", isGood: read > 0, message: message))
    }
}
