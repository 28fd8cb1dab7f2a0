extension ProblemExplanation {
    /// Of problems of the server, and of what it calls; `nil` for others.
    static func ofService(_ kind: ProblemKind) -> ProblemExplanation? {
        switch kind {
        case .busy:
            .init(
                "Busy", "As much is under way, and waits, as may be.",
                "Try again after the seconds of the Retry-After header.")
        case .timedOut:
            .init(
                "It took too long", "The work was not finished in the time that it may take.",
                "Try again, or ask for less.")
        case .notReady:
            .init(
                "Not ready", "The server cannot answer yet, or not any more; `faults` lists why.",
                "Try again after the seconds of the Retry-After header.")
        case .storageFull:
            .init(
                "There is no room to write",
                "The server's disk is full. What only reads goes on, and what would write is refused.",
                "Try again when there is room: an administrator must make some. Deleting is possible.")
        case .cancelled:
            .init(
                "Cancelled", "The server stops, or nobody waits for the answer any more.",
                "Send the request again.")
        case .inside:
            .init(
                "Millrace failed", "Something inside the server failed. What, is not told to callers.",
                "An administrator finds the cause in the log under the request's id.")
        case .componentFailed:
            .init(
                "A part failed", "A part of a flow, or a service that was asked, failed.",
                "If `retryable` is true, try again. Otherwise `detail` or the log tells what to mend.")
        case .flowStopped:
            .init(
                "The flow was stopped", "The flow ended itself before there was an answer.",
                "`detail` says why; it is for whoever wrote the flow.")
        default: nil
        }
    }
}
