import AWSServices

/// Why vectors in OpenSearch cannot be used. `host` is the address's host and port.
public enum OpenSearchVectorError: Error, Equatable {
    /// OpenSearch Serverless.
    case serverless(host: String)
    /// What answers is no OpenSearch.
    case foreign(host: String, version: String)
    case tooOld(host: String, version: String, needed: String, engine: String)
    case pluginMissing(host: String)
    /// A name that indexes cannot begin with.
    case badPrefix(String)
    /// The index is not what the settings need.
    case mismatch(
        host: String, index: String, part: String, stored: String, requested: String, setting: String)
    /// The alias stands for several indexes.
    case ambiguous(host: String, alias: String, indexes: [String])
    /// The index is there, and the alias does not lead to it.
    case aliasMissing(host: String, alias: String, index: String)
    /// The index went while it was in use.
    case indexGone(host: String, alias: String)
    /// User and password, or keys, are not taken.
    case notSignedIn(host: String, reason: String)
    /// Somebody, or a disk that is nearly full, forbids writing.
    case blocked(host: String, index: String, reason: String)
    /// Some vectors of a batch were not written.
    case partlyWritten(
        host: String, index: String, failed: Int, of: Int, reason: String, isTransient: Bool)
    /// Anything else that a call met.
    case call(host: String, index: String, OpenSearchError)
}

extension OpenSearchVectorError {
    /// Whether the same may succeed a little later.
    public var isTransient: Bool {
        switch self {
        case .partlyWritten(_, _, _, _, _, let isTransient): isTransient
        case .blocked: true
        case .call(_, _, let error): error.isRetryable
        default: false
        }
    }

    /// What a call's failure means for the vectors.
    init(_ error: OpenSearchError, host: String, index: String) {
        if error.isBlocked {
            self = .blocked(host: host, index: index, reason: error.details?.reason ?? "")
            return
        }
        switch error {
        case .indexMissing: self = .indexGone(host: host, alias: index)
        case .denied(_, let details) where details.status == 401:
            self = .notSignedIn(host: host, reason: details.reason)
        case .aws(let reason) where !error.isRetryable:
            self = .notSignedIn(host: host, reason: "\(reason)")
        default: self = .call(host: host, index: index, error)
        }
    }
}

extension OpenSearchVectorError: CustomStringConvertible {
    /// What is wrong, where, and what to do.
    public var description: String {
        switch self {
        case .serverless(let host):
            """
            \(host) is OpenSearch Serverless, which cannot hold these vectors: its vector search collections take no \
            document ids of a writer's, so none could be replaced or removed, and what is written is found only \
            seconds later. Name a domain of OpenSearch Service in vectors.opensearch_url, or take pgvector or local as \
            vectors.provider.
            """
        case .foreign(let host, let version):
            """
            What answers at \(host) (vectors.opensearch_url) is no OpenSearch but another server, of version \
            \(version). Name an OpenSearch.
            """
        case .tooOld(let host, let version, let needed, let engine):
            """
            The OpenSearch at \(host) (vectors.opensearch_url) is \(version); with the engine \(engine) of \
            vectors.opensearch_engine \(needed) or later is needed, for filters within a search. Upgrade it.
            """
        case .pluginMissing(let host):
            """
            The OpenSearch at \(host) (vectors.opensearch_url) has no plugin opensearch-knn, which searches vectors. \
            Install it on every node, or take pgvector or local as vectors.provider.
            """
        case .badPrefix(let prefix):
            """
            vectors.opensearch_index is “\(prefix.prefix(80))”; 1 to 200 small letters, digits, - and _ are expected, \
            a letter or digit first.
            """
        case .mismatch(let host, let index, let part, let stored, let requested, let setting):
            """
            The index \(index) at \(host) has \(part) \(stored.prefix(120)), and \(requested.prefix(120)) is needed by \
            \(setting). Move the alias to an index that was made for it, or remove alias and index: the next start \
            makes them anew and fills them.
            """
        case .ambiguous(let host, let alias, let indexes):
            """
            The alias \(alias) at \(host) stands for \(indexes.prefix(5).joined(separator: ", ")), and one index is \
            needed. Leave it on one of them.
            """
        case .aliasMissing(let host, let alias, let index):
            """
            The index \(index) at \(host) is there, but no alias \(alias) leads to it. Add the alias, or remove the \
            index: the next start makes both anew.
            """
        case .indexGone(let host, let alias):
            """
            There is no index or alias \(alias) at \(host) any more (vectors.opensearch_index). Start anew: it is made \
            and filled from the database.
            """
        case .notSignedIn(let host, let reason):
            """
            \(host) (vectors.opensearch_url) does not let us in: \(reason.isEmpty ? "no reason given" : reason). Check \
            vectors.opensearch_user and vectors.opensearch_password, or vectors.opensearch_signing and the keys.
            """
        case .blocked(let host, let index, let reason):
            """
            The index \(index) at \(host) takes no writes: \(reason.hasSuffix(";") ? "\(reason.dropLast())" : reason). \
            Where a node's disk is over its flood-stage watermark, make room; then take \
            index.blocks.read_only_allow_delete away, unless OpenSearch does.
            """
        case .partlyWritten(let host, let index, let failed, let all, let reason, let isTransient):
            """
            \(failed) of \(all) vectors were not written to \(index) at \(host): \(reason) \
            \(isTransient ? "The same batch may be stored a little later." : "A retry does not help.")
            """
        case .call(let host, let index, let error): "\(host), \(index) (vectors.opensearch_url): \(error)"
        }
    }
}
