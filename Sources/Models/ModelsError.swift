/// Why a local model cannot be used. None of these passes by itself: a retry does not help.
public enum ModelsError: Error, Sendable, Equatable {
    /// A file of the model is not there.
    case missing(file: String)
    /// A file is there but cannot be opened or mapped.
    case unreadable(file: String, reason: String)
    /// A file's content contradicts itself: cut short, overwritten, or of another kind.
    case damaged(file: String, reason: String)
    /// A sound file of a model other than the one this encoder runs.
    case unsupported(file: String, reason: String)
    /// A file is not the one that was published.
    case wrongChecksum(file: String, expected: String, actual: String)
}

extension ModelsError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .missing(let file):
            "The model file \(file) does not exist. Fetch the model again, or name the folder it lies in."
        case .unreadable(let file, let reason):
            "The model file \(file) cannot be read: \(reason). Check its permissions and the disk."
        case .damaged(let file, let reason):
            "The model file \(file) is damaged: \(reason). Delete it and fetch the model again."
        case .unsupported(let file, let reason):
            "The model file \(file) is of another model: \(reason). Millrace runs \(LocalModel.name)."
        case .wrongChecksum(let file, let expected, let actual):
            """
            The model file \(file) is not the published one: its SHA-256 is \(actual), expected \(expected). \
            Delete it and fetch the model again.
            """
        }
    }
}
