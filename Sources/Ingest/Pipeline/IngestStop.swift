/// What makes going on pointless.
enum IngestStop: Error, CustomStringConvertible {
    case embedderDead(reason: String)

    var description: String {
        switch self {
        case .embedderDead(let reason):
            "The embedding model failed for every text of three batches in a row, last with: \(reason)"
        }
    }
}
