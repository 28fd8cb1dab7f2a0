/// Why a text is no template of requests. `place` is where in the template: `parameters.stop`, `messages[0]`,
/// or empty for the whole.
public enum RequestTemplateError: Error, Sendable, Equatable {
    case notJSON(reason: String)
    /// - `known`: those that may stand there.
    case unknownPlaceholder(String, place: String, known: [String])
    /// Two opening braces without two that close.
    case unclosedPlaceholder(place: String)
    /// The name of a member is fixed.
    case placeholderInName(place: String)
    /// A list stands alone, not within a longer text.
    case listWithinText(String, place: String)
    /// One of these has to stand in it, else nothing that is asked goes out.
    case missingPlaceholder(anyOf: [String])
    /// At most one of these may stand in it.
    case contradiction([String])
}

extension RequestTemplateError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .notJSON(let reason):
            "The template is not JSON: \(reason). Write placeholders in quotes: {\"inputs\": \"{{texts}}\"}."
        case .unknownPlaceholder(let name, let place, let known):
            """
            The template has the placeholder {{\(name)}}\(Self.at(place)), which means nothing here. Known: \
            \(known.joined(separator: ", ")).
            """
        case .unclosedPlaceholder(let place):
            "The template opens a placeholder with {{\(Self.at(place)) and does not close it with }}."
        case .placeholderInName(let place):
            "The template has a placeholder in the name of a member\(Self.at(place)); names are fixed."
        case .listWithinText(let name, let place):
            """
            The template has \(name)\(Self.at(place)) within a longer text; it is a list and has to be the \
            whole value.
            """
        case .missingPlaceholder(let alternatives):
            "The template has no \(alternatives.joined(separator: " or ")): it has to stand in it."
        case .contradiction(let alternatives):
            "The template has \(alternatives.joined(separator: " and ")): keep one of them."
        }
    }

    private static func at(_ place: String) -> String { place.isEmpty ? "" : " at \(place)" }
}
