import Corpus
import Workspace

/// For whom a flow runs. Made where the caller is known; components see of it what they may read, and nothing to
/// change it with.
public struct FlowCaller: Sendable {
    /// Whose conversations, runs and files these are.
    public let owner: Owner
    /// Who asks, for a run that is carried out later: its rights are found anew then.
    public let reader: Reader
    /// What may be read, for this request.
    public let scope: ReadScope
    /// Names the request in logs.
    public let requestID: String
    /// The id of the API key that the caller has; empty for none.
    public let keyID: String
    /// Time that a run may take while its caller waits.
    public let timeLimit: Duration

    public init(
        owner: Owner, reader: Reader, scope: ReadScope, requestID: String, keyID: String = "",
        timeLimit: Duration
    ) {
        self.keyID = keyID
        self.owner = owner
        self.reader = reader
        self.scope = scope
        self.requestID = requestID
        self.timeLimit = timeLimit
    }
}
