import Backends
import Components
import Corpus
import Flow
import FlowService
import Foundation
import Models
import QA
import Server
import Transport
import Workspace
import WorkspaceSQLite

extension Services {
    /// Flows, conversations, runs and keys, where the documents are kept too.
    func workspace() throws -> any WorkspaceDatabase {
        try workspacePart {
            // The folder is made, and its lock held, by the corpus.
            _ = try self.corpus()
            switch self.settings[\.database.provider] {
            case .sqlite:
                return try SQLiteWorkspace.open(
                    at: self.settings[\.data], announcesRuns: self.hasRunQueue)
            case .postgres:
                return PostgresWorkspace(
                    try self.postgresPool(), replica: try self.postgresReplica(),
                    announcesRuns: self.hasRunQueue)
            }
        }
    }

    /// Everything that flows may use.
    func flowCatalog() async throws -> ComponentCatalog {
        let qa = try await questionAnswering()
        var catalog = qa.catalog
        let words = DocumentWords(attachments: attachmentText())
        catalog.addConversions()
        catalog.addDialogueComponents()
        catalog.addTextComponents()
        catalog.addControlComponents()
        catalog.addDataComponents(
            databases: try flowDatabases(),
            documentText: { bytes, name in try await words.text(bytes, name: name) })
        catalog.addLanguageComponents(
            models: languageModels(qa.generator), check: try await textCheck())
        let http = try GuardedHTTP(
            hosts: try HostRules(settings[\.flows.hosts]), addresses: try addressGuard(),
            proxy: settings[\.http.proxy] == nil ? .none : httpSettings().proxy)
        let named = try namedClient()
        catalog.addNetworkComponents(
            http: http,
            toText: { html in try await words.text(html, name: "page.html", mediaType: "text/html") },
            search: try settings[\.flows.searchURL].map {
                try SearchService($0.absoluteString, client: named)
            },
            arXiv: settings[\.flows.arXiv] ? try ArXivService(client: named) : nil,
            servers: try mcpServers(named))
        catalog.addCorpusComponents(qa)
        return catalog
    }

    /// Runs and keeps flows.
    func flows() async throws -> ServedFlows {
        try await flowsPart { try await self.configuredFlows() }
    }

    private func configuredFlows() async throws -> ServedFlows {
        let qa = try await questionAnswering()
        let store = try workspace()
        let folder = settings[\.data]
        let blobs = try await blobs("files", folder: folder.appendingPathComponent("files"))
        let link = links(into: blobs)
        let vault = WorkspaceVault(store: store, seal: try await seal())
        let days = settings[\.flows.conversationDays]
        let configuration = FlowServiceConfiguration(
            budget: RunBudget(steps: settings[\.flows.maxSteps], tokens: settings[\.flows.maxTokens]),
            attempts: settings[\.flows.attempts], runTime: .seconds(settings[\.flows.runSeconds]),
            lease: .seconds(settings[\.flows.leaseSeconds]),
            runsKept: .seconds(settings[\.flows.keptHours] * 3_600),
            conversationsKept: days == 0 ? nil : .seconds(days * 86_400))
        let service = FlowService(
            store: store, catalog: try await flowCatalog(), settingsFlows: qa.flows, scopes: try corpus(),
            vault: vault,
            files: { owner, flow in
                WorkspaceFiles(store: store, blobs: blobs, owner: owner, flow: flow)
            }, configuration: configuration, observer: runMetrics,
            tracing: try tracer(), accounting: try usageMeter(), logger: logger,
            onLibraryChange: try telling(.flows))
        try follow(.flows) { service.forgetPlans() }
        var served = ServedFlows(
            service: service, vault: vault,
            files: { owner, flow in
                WorkspaceFiles(store: store, blobs: blobs, owner: owner, flow: flow, link: link)
            }, unzip: { try ZippedFiles.read($0) },
            webhooks: try await webhooks())
        served.uploads = try await resumableUploads()
        return served
    }

    /// Keeps bodies that come in several requests: where several processes share a database and a bucket in that, for any of
    /// them to go on, else in the folder of this process.
    private func resumableUploads() async throws -> ResumableUploads {
        let largest = max(settings[\.ingest.uploadLimitMiB] << 20, RunFiles.standardByteLimit)
        let limits = ResumableUploads.Limits(bytesPerOwner: 2 * largest)
        let folder = settings[\.data].appendingPathComponent("unfinished-uploads")
        guard let place = try blobPlace(), let shared = try corpus() as? PostgresCorpus else {
            return ResumableUploads(folder: folder, limits: limits, logger: logger)
        }
        return ResumableUploads(
            blobs: try await blobs("unfinished/\(try await shared.identity())", in: place), spool: folder,
            limits: limits, logger: logger)
    }

    /// The models that flows may ask: the one that answers, unless it only quotes.
    private func languageModels(_ generator: any Generator) -> LanguageModels {
        guard !(generator is ExtractiveGenerator) else { return .none }
        return LanguageModels(
            [.init(generator, price: settings[\.answers.prices][generator.name])],
            standard: generator.name)
    }

    /// The private addresses that flows may reach.
    func addressGuard() throws -> AddressGuard {
        AddressGuard(
            allowing: try settings[\.flows.ranges].map { text in
                do {
                    return try AddressRange(text)
                } catch {
                    throw settings.bad(\.flows.ranges, "ranges such as 10.1.0.0/16 are expected: \(error)")
                }
            })
    }

    /// A client for addresses that the settings name; it follows no redirects.
    func namedClient() throws -> any HTTPClient {
        var http = httpSettings()
        http.maxRedirects = 0
        return try CurlHTTPClient(configuration: http)
    }

    func mcpServers(_ client: any HTTPClient) throws -> MCPServers {
        try MCPServers(
            try named(\.flows.mcpServers, settings[\.flows.mcpServers]).map {
                try MCPServer($0.name, endpoint: $0.value, client: client)
            })
    }

    func flowDatabases() throws -> [String: any QueryableDatabase] {
        var databases: [String: any QueryableDatabase] = [:]
        for (name, path) in try named(\.flows.databases, settings[\.flows.databases]) {
            let file = URL(fileURLWithPath: (path as NSString).expandingTildeInPath)
            databases[name] = ReadOnlyDatabase(name: name, file: file)
        }
        return databases
    }

    /// `NAME=VALUE` parts of a list.
    private func named(
        _ key: KeyPath<Keys, Setting<[String]>>, _ parts: [String]
    ) throws -> [(name: String, value: String)] {
        try parts.map { part in
            let sides = part.split(separator: "=", maxSplits: 1).map {
                $0.trimmingCharacters(in: .whitespaces)
            }
            guard sides.count == 2, !sides[0].isEmpty, !sides[1].isEmpty else {
                throw settings.bad(key, "NAME=VALUE, … is expected; “\(part)” is none")
            }
            return (sides[0], sides[1])
        }
    }
}

/// Secret variables of the workspace, sealed with the key of the data folder.
struct WorkspaceVault: VariableVault {
    let store: any VariableStore
    let seal: VariableSeal

    func seal(_ value: String, named name: String, for owner: Owner) async throws -> Data {
        try seal.seal(Data(value.utf8), name: name, owner: owner)
    }

    func value(of variable: String, for owner: Owner) async throws -> String {
        let stored = try await store.variable(named: variable, for: owner)
        guard stored.isSecret else { return String(decoding: stored.value, as: UTF8.self) }
        return String(decoding: try seal.open(stored.value, name: variable, owner: owner), as: UTF8.self)
    }
}
