/// Why the process that serves a data folder did not reply.
public enum LocalCallError: Error, Hashable, CustomStringConvertible {
    /// There may be one, but it cannot be asked.
    case unreachable(path: String, reason: String)
    /// It was asked, and ended or gave up before it had replied.
    case unanswered(path: String, reason: String)
    /// It gave no sign of life for so long: it is stopped, or hangs.
    case silent(path: String, waited: Duration)
    /// What it says is not understood here.
    case otherVersion(path: String)
    /// What it was to be asked is more than it takes.
    case tooLong(bytes: Int, limit: Int)

    public var description: String {
        switch self {
        case .unreachable(let path, let reason):
            "The process that serves the data folder could not be asked at \(path): \(reason)."
        case .unanswered(let path, let reason):
            """
            The process that serves the data folder was asked at \(path) and did not answer: \(reason). It may have \
            ended meanwhile; ask again.
            """
        case .silent(let path, let waited):
            """
            The process that serves the data folder was asked at \(path) and gave no sign of life for \
            \(Self.seconds(waited)) s. It is stopped, or hangs; have it go on, or end it, and ask again.
            """
        case .otherVersion(let path):
            "The process that serves the data folder at \(path) is another version than this one. Start it anew."
        case .tooLong(let bytes, let limit):
            """
            What the process that serves the data folder was to be asked has \(bytes) bytes, of which it takes \(limit). \
            Ask less at once, or stop it and ask again.
            """
        }
    }

    /// Whole seconds without a fraction.
    private static func seconds(_ duration: Duration) -> String {
        let seconds = duration / .seconds(1)
        return seconds == seconds.rounded() ? "\(Int(seconds))" : "\(seconds)"
    }
}
