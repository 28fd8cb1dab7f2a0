import Backends
import Foundation

enum VectorProvider: String, CaseIterable {
    case local, pgvector
    case openSearch = "opensearch"
}

/// How requests to OpenSearch are signed: not at all, for a domain, or for a collection of Serverless.
enum OpenSearchSigning: String, CaseIterable { case none, es, aoss }

extension Keys {
    /// Where passages' vectors are searched.
    struct Vectors: Sendable {
        let provider = Setting<VectorProvider>(
            "vectors.provider", .local,
            "local keeps an index of vectors in each process; pgvector one in the database, which all processes search, where database.provider is postgres; opensearch one in an OpenSearch, which all processes search too"
        )
        let connections = Setting<Int>(
            "vectors.connections", 4, in: 1...100,
            "connections of one process that search and store vectors, beside database.connections")
        let indexFrom = Setting<Int>(
            "vectors.index_from", 5_000, in: 0...1_000_000,
            "vectors from which on pgvector's index is built; fewer are compared one by one")
        let buildMemory = Setting<Int>(
            "vectors.build_megabytes", 1_024, in: 64...1_048_576,
            "memory that the server may take while it builds that index")
        let openSearchURL = Setting<URL?>(
            address: "vectors.opensearch_url",
            "the OpenSearch, such as https://search-wiki-….eu-central-1.es.amazonaws.com or https://localhost:9200"
        )
        let openSearchIndex = Setting<String>(
            "vectors.opensearch_index", "millrace-vectors",
            "what the names of its indexes begin with; another one for each installation that shares the OpenSearch"
        )
        let openSearchEngine = Setting<OpenSearchVectorOptions.Engine>(
            "vectors.opensearch_engine", .faiss,
            "what builds and walks the graph of vectors there; another one is another index, filled at the next start"
        )
        let openSearchSigning = Setting<OpenSearchSigning>(
            "vectors.opensearch_signing", .none,
            "es signs requests for a domain of Amazon OpenSearch Service; none sends user and password, where there are any; aoss is refused, as Serverless cannot hold these vectors"
        )
        let openSearchRegion = Setting<String?>(
            "vectors.opensearch_region", "the region of the domain; empty for aws.region")
        let openSearchUser = Setting<String?>("vectors.opensearch_user", "who signs in; empty for nobody")
        let openSearchPassword = Setting<String?>(
            "vectors.opensearch_password",
            "their password; better given as MILLRACE_VECTORS_OPENSEARCH_PASSWORD, or as what it is kept as in AWS, and asked for anew with each request",
            isSecret: true)
        let openSearchTimeout = Setting<Double>(
            "vectors.opensearch_timeout", 30, in: 0.1...300, "seconds that one request to it may take")
    }
}

extension VectorProvider {
    /// Where the vectors lie, in words.
    var place: String {
        switch self {
        case .local: "the data folder"
        case .pgvector: "PostgreSQL"
        case .openSearch: "OpenSearch"
        }
    }
}
