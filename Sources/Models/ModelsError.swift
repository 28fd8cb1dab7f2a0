/// Why a model cannot be used, or not for this. A retry helps with ``notFetched(file:reason:)`` alone.
public enum ModelsError: Error, Sendable, Equatable {
    /// A file of the model is not there.
    case missing(file: String)
    /// A file is there but cannot be opened or mapped.
    case unreadable(file: String, reason: String)
    /// A file's content contradicts itself: cut short, overwritten, or of another kind.
    case damaged(file: String, reason: String)
    /// A sound file of a model that this encoder does not run.
    case unsupported(file: String, reason: String)
    /// A file is not the one that was published.
    case wrongChecksum(file: String, expected: String, actual: String)
    /// What names no model of a hub.
    case badHubName(String)
    /// The hub did not give a file.
    case notFetched(file: String, reason: String)
    /// A model that cannot be used with these settings.
    case unusableModel(model: String, reason: String)
    /// A text without a visible character, which the model refuses; `offset` is its place in the batch.
    case emptyText(model: String, offset: Int)
    /// A model answered for more or fewer texts than it was given.
    case wrongCount(model: String, expected: Int, actual: Int)
    /// The generator has no such ability, tools say.
    case unsupportedRequest(generator: String, feature: String)
    /// A guardrail kept back all that a service found.
    case withheld(service: String, GuardrailIntervention)
    /// The conversation cannot be sent to any model.
    case invalidRequest(reason: String)
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
            """
            The model file \(file) is of another model than Millrace can use here: \(reason). docs/models.md \
            tells which it runs.
            """
        case .wrongChecksum(let file, let expected, let actual):
            """
            The model file \(file) is not the published one: its SHA-256 is \(actual), expected \(expected). \
            Delete it and fetch the model again.
            """
        case .badHubName(let name):
            """
            “\(name)” names no model of a hub. Write OWNER/NAME@REVISION in letters, digits, “.”, “_” and “-”, \
            and a SHA-256 as 64 hexadecimal digits.
            """
        case .notFetched(let file, let reason):
            "\(file) was not fetched: \(reason). Try again, or put the model's files into a folder by hand."
        case .unusableModel(let model, let reason):
            "The model \(model) cannot be used so: \(reason). Correct the settings."
        case .emptyText(let model, let offset):
            "Text \(offset) of the batch is empty or only white space, which \(model) refuses. Leave it out."
        case .wrongCount(let model, let expected, let actual):
            """
            The model \(model) answered for \(actual) texts; it was given \(expected). Check that the endpoint \
            serves this model.
            """
        case .unsupportedRequest(let generator, let feature):
            """
            The generator \(generator) cannot serve this request: it has no \(feature). Leave that out, or \
            configure another model.
            """
        case .withheld(let service, let intervention):
            "Nothing came of \(service). \(intervention)"
        case .invalidRequest(let reason):
            "The conversation was not sent: \(reason). Correct the messages."
        }
    }
}

extension ModelsError {
    /// Refuses texts without a visible character, before anything is sent.
    ///
    /// - Throws: ``emptyText(model:offset:)`` for the first of them.
    static func checkVisible(_ texts: [String], model: String) throws(ModelsError) {
        guard let offset = texts.firstIndex(where: { $0.allSatisfy(\.isWhitespace) }) else { return }
        throw .emptyText(model: model, offset: offset)
    }
}
