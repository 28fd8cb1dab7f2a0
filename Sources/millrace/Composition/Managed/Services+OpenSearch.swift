import AWSServices
import Backends
import Corpus
import CorpusSQLite
import Foundation
import Ingest
import Logging
import Models
import Transport
import VectorIndex

extension Services {
    /// Vectors in OpenSearch, level with the database's passages.
    ///
    /// Several processes may level it at once: each stores the same under the same ids.
    func levelOpenSearchVectors(
        _ corpus: any DocumentStore & EmbeddingStore, model: EmbeddingModel
    ) async throws -> OpenSearchVectorStore {
        let store = try await openSearchVectors(model: model)
        let change = try await VectorIndexSync.level(store: corpus, index: store, model: model.name)
        if change.added + change.removed > 0 {
            logger.info(
                "vectors in OpenSearch brought level with the database",
                metadata: [
                    "millrace.added": "\(change.added)", "millrace.removed": "\(change.removed)",
                    "millrace.index": "\(store.alias)",
                ])
        }
        return store
    }

    /// Vectors in OpenSearch as they are; the index is made if it is not there.
    func openSearchVectors(model: EmbeddingModel) async throws -> OpenSearchVectorStore {
        let (client, host) = try await openSearch()
        let content = try await vectorContent()
        return try await OpenSearchVectorStore.open(
            client, host: host, prefix: settings[\.vectors.openSearchIndex],
            model: "\(model.name) \(content)",
            dimension: model.dimension, options: openSearchOptions)
    }

    /// What OpenSearch is and holds, and how many passages the database has; nothing is made, changed or locked.
    func openSearchInspection(
        model: EmbeddingModel
    ) async throws -> (found: OpenSearchVectorInspection, passages: Int?) {
        let (client, host) = try await openSearch()
        let content = try await vectorContentAsItIs(model: model)
        let found = try await OpenSearchVectorInspection.read(
            client, host: host, prefix: settings[\.vectors.openSearchIndex],
            model: "\(model.name) \(content.name ?? "")", dimension: model.dimension,
            options: openSearchOptions)
        return (found, content.passages)
    }

    private var openSearchOptions: OpenSearchVectorOptions {
        var options = OpenSearchVectorOptions()
        options.engine = settings[\.vectors.openSearchEngine]
        options.names.index = Settings.name(\.vectors.openSearchIndex)
        options.names.engine = Settings.name(\.vectors.openSearchEngine)
        options.names.model = Settings.name(\.embedding.model)
        return options
    }

    // MARK: The client

    /// The client, and the address's host and port.
    private func openSearch() async throws -> (client: OpenSearch, host: String) {
        let (url, name) = try openSearchAddress()
        let host = url.port.map { "\(name):\($0)" } ?? name
        let timeout = Duration.milliseconds(Int(settings[\.vectors.openSearchTimeout] * 1_000))
        switch settings[\.vectors.openSearchSigning] {
        case .none:
            let client = try OpenSearch(
                endpoint: url, login: self.openSearchLogin, http: try plainClient(), timeout: timeout)
            return (client, host)
        case .es, .aoss:
            let isServerless = settings[\.vectors.openSearchSigning] == .aoss
            let account = try await awsAccount(settings[\.vectors.openSearchRegion])
            let client = try OpenSearch(account, serverless: isServerless, endpoint: url, timeout: timeout)
            return (client, host)
        }
    }

    /// The address, and the name of its host.
    func openSearchAddress() throws -> (url: URL, name: String) {
        guard let url = settings[\.vectors.openSearchURL], let name = url.host else {
            throw settings.bad(
                \.vectors.openSearchURL,
                "with vectors.provider opensearch its address is expected, such as https://localhost:9200")
        }
        guard
            settings[\.vectors.openSearchSigning] != .none || settings[\.vectors.openSearchUser] == nil
                || url.scheme == "https" || Self.isHere(name)
        else {
            throw settings.bad(
                \.vectors.openSearchURL,
                "https is expected where a user signs in: the password goes with every request")
        }
        return (url, name)
    }

    /// Looked up for each request: the password may stand for one that rotates.
    private var openSearchLogin: OpenSearch.Login? {
        settings[\.vectors.openSearchUser].map { user in
            OpenSearch.Login(
                user: user, password: AWSSecretText(settings[\.vectors.openSearchPassword] ?? ""))
        }
    }

    /// Whether a host is this machine, which nothing leaves.
    private static func isHere(_ host: String) -> Bool {
        ["localhost", "127.0.0.1", "::1", "[::1]"].contains(host)
    }

    // MARK: Whose vectors

    /// Names the content whose passages are numbered: numbers are given anew where it is another.
    ///
    /// A database on a server says it of itself; beside the database of a folder a file does.
    private func vectorContent() async throws -> String {
        guard settings[\.database.provider] == .sqlite else {
            return try await (corpus() as? PostgresCorpus)?.identity() ?? ""
        }
        // Holds the folder, which makes it.
        _ = try corpus()
        let file = contentFile
        return try await VectorWriter.waiting {
            if let name = Self.name(in: file) { return name }
            let name = UUID().uuidString.lowercased()
            try Data("\(name)\n".utf8).write(to: file, options: .atomic)
            return name
        }
    }

    /// The content's name, and its passages with vectors of a model; `nil` for what is not there yet.
    private func vectorContentAsItIs(
        model: EmbeddingModel
    ) async throws -> (name: String?, passages: Int?) {
        guard settings[\.database.provider] == .postgres else {
            let (file, folder) = (contentFile, settings[\.data])
            let name = await VectorWriter.waiting { Self.name(in: file) }
            return (name, try await CorpusInspection.read(folder: folder)?.chunkCounts[model.name] ?? 0)
        }
        let pool = try postgresPool()
        let schema = try await PostgresInspection.read(pool)
        // A corpus takes the steps that its schema lacks.
        guard schema.documents != nil, schema.pendingSteps.isEmpty, schema.unknownSteps.isEmpty else {
            return (nil, nil)
        }
        let corpus = PostgresCorpus(pool)
        return (try await corpus.identity(), try await corpus.chunkIDs(model: model.name).count)
    }

    private var contentFile: URL { settings[\.data].appendingPathComponent("vectors-identity") }

    private static func name(in file: URL) -> String? {
        let text = try? String(contentsOf: file, encoding: .utf8)
        let name = text?.trimmingCharacters(in: .whitespacesAndNewlines)
        return name?.isEmpty == false ? name : nil
    }
}
