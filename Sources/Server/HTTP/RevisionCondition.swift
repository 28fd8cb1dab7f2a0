import HTTPTypes

/// Which version of a thing a change begins from: `If-Match` (RFC 9110, section 13.1.1).
enum RevisionCondition: Sendable, Hashable {
    /// None was named.
    case none
    /// Whatever is there.
    case any
    /// One of these tags.
    case tags([String])

    /// The strong tag of a revision.
    static func tag(of revision: Int) -> String { "\"\(revision)\"" }

    init(_ header: String?) {
        guard let header else {
            self = .none
            return
        }
        let tags = header.split(separator: ",").map { part in
            String(part.trimmingPrefix { $0 == " " }.prefix { $0 != " " })
        }
        self = tags == ["*"] ? .any : .tags(tags)
    }

    /// Refuses a change that names none, or another revision. A weak tag is no revision's.
    ///
    /// - Parameter isRequired: whether one must be named.
    func check(_ revision: Int, isRequired: Bool = true) throws(RequestFault) {
        switch self {
        case .none: if isRequired { throw .preconditionRequired }
        case .any: return
        case .tags(let tags):
            let tag = Self.tag(of: revision)
            guard tags.contains(tag) else { throw .preconditionFailed(current: tag) }
        }
    }
}

extension Inputs<RevisionCondition> {
    /// The header `If-Match`.
    static func ifMatch(_ summary: String) -> Inputs {
        Inputs(
            parameters: [
                ParameterDeclaration(
                    name: HTTPField.Name.ifMatch.rawName, place: .header, isRequired: false, summary: summary,
                    schema: .text, isChecked: false)
            ], body: nil
        ) { RevisionCondition($0.request.headers[.ifMatch]) }
    }
}
