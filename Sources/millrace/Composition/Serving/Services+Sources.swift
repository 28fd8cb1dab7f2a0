import Confluence
import Corpus
import Foundation
import Ingest
import Server
import Transport
import Workspace

/// Confluences of the settings, and those that administrators add.
extension Services {
    /// Of the Confluence of the settings.
    static let confluenceID = "confluence"

    /// The Confluence that the settings name.
    func confluenceSite(_ address: String) throws -> ConfluenceJobs.Site {
        let flavour =
            switch settings[\.confluence.flavour] {
            case .cloud: "cloud"
            case .dataCenter: "data-center"
            case .detect: "detect"
            }
        let corpus = try corpus()
        return ConfluenceJobs.Site(
            flavour: flavour, signIn: settingsSignIn, scope: confluenceScope(),
            secrets: { self.confluenceSecrets },
            source: { try self.confluenceSource(address, corpus: $0 ? nil : corpus) },
            impatient: {
                let (configuration, _) = try self.confluence(address)
                return try ConfluenceSource(
                    configuration: configuration, client: try self.plainClient(),
                    corpus: try self.trialCorpus())
            })
    }

    private var settingsSignIn: String {
        if settings[\.confluence.clientID] != nil { return "oauth" }
        guard settings[\.confluence.token] != nil else { return "none" }
        return settings[\.confluence.email] == nil ? "bearer" : "basic"
    }

    /// The same as people are shown it.
    func definitionOfSettings(address: String) -> SourceDefinition {
        let scope = confluenceScope()
        var options = SourceOptions()
        options.spaceTypes = scope.spaceTypes.sorted()
        options.pages = scope.trees.sorted()
        options.excludedPages = scope.excludedTrees.sorted()
        options.labels = scope.labels.sorted()
        options.excludedLabels = scope.excludedLabels.sorted()
        options.cql = scope.cql
        options.createdSince = scope.createdSince
        options.createdBefore = scope.createdBefore
        options.updatedSince = scope.updatedSince
        options.updatedBefore = scope.updatedBefore
        options.kinds = scope.kinds.map(\.rawValue).sorted()
        options.includesArchived = scope.includesArchived
        options.readsGroupMembers = settings[\.confluence.readsGroupMembers]
        options.renderedMacros = settings[\.ingest.renderedMacros] == .tables ? .tables : .off
        options.concurrency = settings[\.confluence.concurrency]
        options.pageSize = settings[\.confluence.pageSize]
        options.fullSyncEvery = settings[\.confluence.fullSyncEvery]
        return SourceDefinition(
            name: Self.confluenceID, kind: settings[\.confluence.flavour] == .cloud ? .cloud : .dataCenter,
            baseURL: address, signIn: settings[\.confluence.email] == nil ? .bearer : .basic,
            spaces: scope.spaces, excludedSpaces: scope.excludedSpaces,
            syncMinutes: settings[\.confluence.syncMinutes],
            permissions: settings[\.confluence.permissions], options: options)
    }

    /// The corpus as it is shown: of sources that are to be asked only what they allow.
    func shownCorpus() throws -> VerifiedCorpus { VerifiedCorpus(try corpus(), verifier: readVerifier) }

    /// - Throws: where a Confluence is to be asked that cannot be.
    func checkVerification() throws {
        guard settings[\.confluence.permissions] == .verify, settings[\.confluence.url] != nil,
            settings[\.confluence.flavour] == .dataCenter
        else { return }
        throw settings.bad(
            \.confluence.permissions, "sync is expected: Data Center cannot be asked what others may read")
    }

    /// Has the Confluence of the settings asked before its documents are shown, where the settings say so.
    func verifySettingsSource() async throws {
        guard settings[\.confluence.permissions] == .verify, settings[\.confluence.url] != nil else { return }
        try checkVerification()
        let jobs = try ingestJobs()
        let source = try jobs.source(Self.confluenceID)
        let ledger = source.description.ledger
        readVerifier.set({ try await source.mayRead(document: $0, account: $1) }, forLedger: ledger)
        try await jobs.claims.tell(spacesOf: ledger)
    }

    /// The sources that administrators add while the server runs.
    func runtimeSources() async throws -> RuntimeSources {
        let seal = try await seal()
        return try runtimeSourcesPart {
            let addresses = try self.sourceAddresses()
            let corpus = try self.corpus()
            let sources = RuntimeSources(
                store: try self.sourceStore(), jobs: try self.ingestJobs(), corpus: corpus,
                seal: seal, verifier: self.readVerifier,
                logger: self.logger, onChange: try self.telling(.sources),
                checkedAddress: { try addresses.checked($0) }
            ) { stored, secret in
                try ConfluenceJobs(
                    id: stored.id, try self.site(of: stored, secret: secret, addresses, corpus),
                    pageCacheLimit: self.pageCacheLimit, logger: self.logger)
            }
            try self.follow(.sources) { sources.lookAgain() }
            return sources
        }
    }

    /// Which addresses added sources may have.
    func sourceAddresses() throws -> SiteAddresses {
        do {
            return try SiteAddresses(
                allowing: settings[\.sources.allowPrivateAddresses],
                allowsHTTP: settings[\.sources.allowHTTP])
        } catch {
            throw settings.bad(
                \.sources.allowPrivateAddresses,
                "hosts and networks are expected, such as wiki.example.org or 10.20.0.0/16: \(error)")
        }
    }

    private func site(
        of stored: StoredSource, secret: String, _ addresses: SiteAddresses, _ corpus: any CorpusStore
    ) throws -> ConfluenceJobs.Site {
        var confluence = try ConfluenceConfiguration(stored, secret: secret)
        confluence.attachmentText = attachmentText()
        let cached = pageCache(confluence.baseURL)
        let client = try addresses.client(confluenceSettings(connections: confluence.concurrency))
        return ConfluenceJobs.Site(
            flavour: stored.definition.kind == .cloud ? "cloud" : "data-center",
            signIn: stored.definition.signIn.rawValue, scope: confluence.scope,
            // Another secret makes another source.
            secrets: { [] },
            source: { [confluence] isDryRun in
                var confluence = confluence
                // Of a dry run nothing is to be left behind.
                if !isDryRun { confluence.cache = cached }
                return try ConfluenceSource(
                    configuration: confluence, client: self.patient(client),
                    corpus: isDryRun ? self.trialCorpus() : corpus)
            },
            impatient: { [confluence] in
                try ConfluenceSource(
                    configuration: confluence, client: client, corpus: self.trialCorpus())
            })
    }
}

extension ConfluenceConfiguration {
    /// Of a source that is kept.
    fileprivate init(_ stored: StoredSource, secret: String) throws {
        let definition = stored.definition
        guard let url = URL(string: definition.baseURL) else {
            throw ConfluenceError.invalidBaseURL(definition.baseURL)
        }
        let options = definition.options
        self.init(
            baseURL: url, flavour: definition.kind == .cloud ? .cloud : .dataCenter,
            authentication: definition.signIn == .basic
                ? .basic(user: definition.email ?? "", token: secret) : .bearer(token: secret),
            scope: ConfluenceScope(definition), concurrency: options.concurrency, pageSize: options.pageSize)
        fullSyncEvery = options.fullSyncEvery
        renderedMacros = options.renderedMacros == .tables ? .tables : .off
        readsGroupMembers = options.readsGroupMembers
        ledger = RuntimeSources.ledger(of: stored.id, baseURL: definition.baseURL)
    }
}

extension ConfluenceScope {
    fileprivate init(_ definition: SourceDefinition) {
        self.init()
        let options = definition.options
        spaces = definition.spaces
        excludedSpaces = definition.excludedSpaces
        spaceTypes = Set(options.spaceTypes)
        trees = Set(options.pages)
        excludedTrees = Set(options.excludedPages)
        labels = Set(options.labels)
        excludedLabels = Set(options.excludedLabels)
        cql = options.cql
        createdSince = options.createdSince
        createdBefore = options.createdBefore
        updatedSince = options.updatedSince
        updatedBefore = options.updatedBefore
        includesArchived = options.includesArchived
        if !options.kinds.isEmpty { kinds = Set(options.kinds.compactMap { Kind(rawValue: $0) }) }
    }
}
