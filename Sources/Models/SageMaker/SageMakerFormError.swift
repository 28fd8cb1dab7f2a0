/// Why settings do not tell how an endpoint is asked. Each case names the part of the settings that is wrong.
public enum SageMakerFormError: Error, Sendable, Equatable {
    /// The request: neither a template nor the name of a ready one.
    case unknownPreset(String, known: [String])
    case request(RequestTemplateError)
    /// A template of one's own without the path of the answer.
    case missingResponse
    /// The path of the answer.
    case response(ResponsePathError)
    /// The path of a streamed answer's pieces.
    case stream(ResponsePathError)
}

extension SageMakerFormError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .unknownPreset(let name, let known):
            """
            The request “\(name)” is neither a JSON template nor the name of a ready one. Known: \
            \(known.joined(separator: ", ")).
            """
        case .request(let error): "The request: \(error)"
        case .missingResponse:
            "The response's path is not set, and a template of one's own needs it: data[*].embedding, say."
        case .response(let error): "The response's path: \(error)"
        case .stream(let error): "The stream's path: \(error)"
        }
    }
}
