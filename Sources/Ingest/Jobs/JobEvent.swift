import Corpus
import Foundation

/// Something that is told about a job.
public struct JobEvent: Hashable, Sendable {
    public enum Kind: Hashable, Sendable {
        /// It is in another state than before; ``JobEvent/job`` says which.
        case state
        /// It has come further.
        case progress
    }

    /// Grows from event to event of a job, by one except where some are kept no longer.
    public var position: Int
    public var kind: Kind
    /// The job as it was then.
    public var job: IngestJob

    public init(position: Int, kind: Kind, job: IngestJob) {
        self.position = position
        self.kind = kind
        self.job = job
    }
}
