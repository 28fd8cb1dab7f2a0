import Concurrency

/// Why a model's data came to nothing. What the model wrote is in no error.
public enum StructuredOutputError: Error, Sendable, Hashable {
    /// The schema of a flow cannot be used. `place` is a JSON pointer (RFC 6901), empty for the whole.
    case badSchema(component: String, place: String, reason: String)
    /// The model wrote no JSON, also when it was told so.
    case noJSON(component: String, model: String, reason: String)
    /// What it wrote does not fit, also when it was told so. `place` is a JSON pointer into what it wrote.
    case mismatch(component: String, model: String, place: String, reason: String)
}

extension StructuredOutputError: RetryableError {
    /// Another answer of the same model may fit.
    public var isRetryable: Bool {
        switch self {
        case .badSchema: false
        case .noJSON, .mismatch: true
        }
    }
}

extension StructuredOutputError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .badSchema(let component, let place, let reason):
            """
            The schema of “\(component)” cannot be used\(Self.at(place)): \(reason). Write a JSON Schema, or a list of \
            {name, type, description, multiple}.
            """
        case .noJSON(let component, let model, let reason):
            """
            “\(component)” asked the model \(model) twice for JSON and got none: \(reason). Raise max_tokens, or use \
            another model.
            """
        case .mismatch(let component, let model, let place, let reason):
            """
            What the model \(model) wrote for “\(component)” does not fit its schema\(Self.at(place)), also when it was \
            told so: \(reason). Loosen the schema there, describe it better, or use another model.
            """
        }
    }

    private static func at(_ place: String) -> String { place.isEmpty ? "" : " at \(place)" }
}
