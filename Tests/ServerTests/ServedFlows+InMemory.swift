import Components
import Concurrency
import Corpus
import Flow
import FlowService
import Foundation
import Logging
import Models
import QA
import Synchronization
import Transport
import Workspace
import WorkspaceSQLite

@testable import Server

extension ServedFlows {
    /// Flows over everything that a process has for them, kept in memory unless there is a `store`: every family of
    /// components, the generator of `qa` as their model, no host that they may reach and no address outside.
    ///
    /// - Parameter http: answers what arXiv and servers of tools are asked; `nil` and nobody does.
    static func inMemory(
        qa: QuestionAnswering, scopes: any ReadScopes, logger: Logger,
        store: (any WorkspaceDatabase)? = nil, http: (any HTTPClient)? = nil,
        configuration: FlowServiceConfiguration = FlowServiceConfiguration(),
        tracing: (any TraceBeginning)? = nil
    ) throws -> ServedFlows {
        let store = try store ?? SQLiteWorkspace.inMemory()
        let blobs = MemoryBlobStore()
        let vault = MemoryVault(store: store)
        let service = FlowService(
            store: store, catalog: try catalog(qa, http: http ?? UnreachableHTTPClient()),
            settingsFlows: qa.flows, scopes: scopes, vault: vault,
            files: { owner, flow in
                WorkspaceFiles(store: store, blobs: blobs, owner: owner, flow: flow)
            }, configuration: configuration, tracing: tracing, logger: logger)
        return ServedFlows(
            service: service, vault: vault,
            files: { owner, flow in
                WorkspaceFiles(store: store, blobs: blobs, owner: owner, flow: flow)
            }, webhooks: WebhookEndpoints(store: store, seal: VariableSeal(SealKeys()), checked: address))
    }

    /// Addresses that webhooks may have here.
    private static func address(_ text: String) throws(WebhookAddressRefused) -> String {
        guard text.hasPrefix("https://hooks.example/") else {
            throw WebhookAddressRefused(reason: "is not one of this test")
        }
        return text
    }

    /// Everything that flows may use, put together as the program does it.
    static func catalog(_ qa: QuestionAnswering, http: any HTTPClient) throws -> ComponentCatalog {
        var catalog = qa.catalog
        catalog.addConversions()
        catalog.addDialogueComponents()
        catalog.addTextComponents()
        catalog.addControlComponents()
        catalog.addDataComponents()
        catalog.addLanguageComponents(models: LanguageModels([.init(qa.generator)]))
        catalog.addNetworkComponents(
            http: try GuardedHTTP(hosts: .none), toText: { String(decoding: $0, as: UTF8.self) },
            arXiv: try ArXivService(client: http))
        catalog.addCorpusComponents(qa)
        return catalog
    }
}

/// Blobs of one test.
final class MemoryBlobStore: BlobStore {
    private let blobs = Mutex<[String: Data]>([:])

    var count: Int { blobs.withLock { $0.count } }

    func blob(at key: String) async throws -> Data? { blobs.withLock { $0[key] } }
    func put(_ data: Data, at key: String) async throws { blobs.withLock { $0[key] = data } }
    func remove(_ key: String) async throws { blobs.withLock { $0[key] = nil } }

    func list(under prefix: String) async throws -> [BlobEntry] {
        blobs.withLock { blobs in
            blobs.filter { $0.key.hasPrefix(prefix) }.map {
                BlobEntry(key: $0.key, byteCount: $0.value.count, storedAt: .distantPast)
            }
        }
    }
}

/// Seals with keys that end with the test.
struct MemoryVault: VariableVault {
    let store: any VariableStore
    private let variableSeal = VariableSeal(SealKeys())

    init(store: any VariableStore) {
        self.store = store
    }

    func seal(_ value: String, named name: String, for owner: Owner) async throws -> Data {
        try variableSeal.seal(Data(value.utf8), name: name, owner: owner)
    }

    func value(of variable: String, for owner: Owner) async throws -> String {
        let stored = try await store.variable(named: variable, for: owner)
        guard stored.isSecret else { return String(decoding: stored.value, as: UTF8.self) }
        let value = try variableSeal.open(stored.value, name: variable, owner: owner)
        return String(decoding: value, as: UTF8.self)
    }
}

/// Reaches nobody.
struct UnreachableHTTPClient: HTTPClient {
    func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        throw .invalidRequest(reason: "\(request.url) is out of reach of this test")
    }

    func stream(_ request: HTTPRequest) async throws(TransportError) -> HTTPStreamedResponse {
        throw .invalidRequest(reason: "\(request.url) is out of reach of this test")
    }
}
