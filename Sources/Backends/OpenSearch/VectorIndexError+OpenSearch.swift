import AWSServices
import VectorIndex

extension VectorIndexError {
    /// What a failure of OpenSearch means to a caller of the store.
    init(_ error: any Error, host: String, index: String) {
        switch error {
        case let error as VectorIndexError: self = error
        case let error as OpenSearchError:
            self.init(OpenSearchVectorError(error, host: host, index: index), host: host, index: index)
        case let error as OpenSearchVectorError:
            self =
                error.isTransient
                ? .unavailable(server: host, reason: error.description)
                : .refused(server: host, reason: error.description)
        default:
            self = .refused(server: host, reason: "OpenSearch at \(host) could not be asked: \(error)")
        }
    }
}
