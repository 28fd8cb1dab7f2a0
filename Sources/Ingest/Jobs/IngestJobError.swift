import Corpus

/// Why something cannot be done about ingest jobs.
public enum IngestJobError: Error, Hashable, Sendable {
    case noSuchJob(id: String)
    case noSuchSource(id: String, known: [String])
    /// It is switched off, and may only be tried.
    case sourceDisabled(id: String)
    /// So many jobs of the source wait that no more are taken.
    case tooMany(source: String, limit: Int)
    /// What was asked cannot be done to a job in this state.
    case wrongState(id: String, state: IngestJob.State, wanted: String)
    /// The source does not read that.
    case badScope(reason: String)
    /// A file that cannot be ingested.
    case badUpload(field: String, reason: String)
    /// The source itself does not answer as it should.
    case sourceFailed(source: String, reason: String)
    /// The file could not be kept.
    case storage(reason: String)
    /// A file that was sent is there no more.
    case lostFile(name: String)
    /// A file that was sent, and is kept, cannot be read.
    case unreachableFile(name: String, reason: String)
}

extension IngestJobError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .noSuchJob(let id): "There is no ingest job “\(id.prefix(200))”. It may have been forgotten."
        case .noSuchSource(let id, let known):
            """
            There is no source “\(id.prefix(200))”. \
            \(known.isEmpty ? "There are none." : "There are \(known.joined(separator: ", ")).")
            """
        case .sourceDisabled(let id):
            "The source \(id) is not enabled: it may be tried and read by dry runs. Enable it for more."
        case .tooMany(let source, let limit):
            "\(limit) jobs of the source \(source) wait already; wait until some have ended, or cancel one."
        case .wrongState(let id, let state, let wanted):
            "The ingest job \(id) is \(state.rawValue); only one that is \(wanted) can be asked for that."
        case .badScope(let reason): "That cannot be read: \(reason)."
        case .badUpload(let field, let reason): "“\(field)” \(reason)."
        case .sourceFailed(let source, let reason): "The source \(source) does not answer: \(reason)"
        case .storage(let reason): "The file could not be kept: \(reason)."
        case .unreachableFile(let name, let reason):
            "The file \(name) could not be fetched from where it was kept: \(reason). Send it again."
        case .lostFile(let name): "The file \(name) is there no more; send it again."
        }
    }
}
