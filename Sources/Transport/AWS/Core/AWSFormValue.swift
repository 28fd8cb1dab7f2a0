/// A parameter of the query protocol, with the names that its shape in the service's model gives.
public indirect enum AWSFormValue: Sendable, Hashable {
    /// A name with its value.
    public struct Field: Sendable, Hashable {
        public var name: String
        public var value: AWSFormValue

        public init(_ name: String, _ value: AWSFormValue) {
            self.name = name
            self.value = value
        }
    }

    /// Text, a number or a truth value as AWS writes it; bytes in Base64.
    case text(String)
    case structure([Field])
    /// - Parameter member: the name between the list's and the number; `nil` for a flattened list.
    case list([AWSFormValue], member: String? = "member")
    /// - Parameters:
    ///   - entry: the name between the map's and the number; `nil` for a flattened map.
    ///   - key, value: the names behind the number.
    case map([Field], entry: String? = "entry", key: String = "key", value: String = "value")

    /// The fields of a form: `Tags.member.1.Key`, `Tags.member.1.Value`, …; an empty list is an empty text.
    func fields(_ prefix: String = "") -> [(name: String, value: String)] {
        func joined(_ names: String?...) -> String {
            names.compactMap(\.self).filter { !$0.isEmpty }.joined(separator: ".")
        }
        switch self {
        case .text(let text):
            return [(name: prefix, value: text)]
        case .structure(let members):
            return members.flatMap { $0.value.fields(joined(prefix, $0.name)) }
        case .list(let elements, let member):
            if elements.isEmpty { return [(name: prefix, value: "")] }
            return elements.enumerated().flatMap { offset, element in
                element.fields(joined(prefix, member, "\(offset + 1)"))
            }
        case .map(let entries, let entry, let key, let value):
            return entries.enumerated().flatMap { offset, item in
                let place = joined(prefix, entry, "\(offset + 1)")
                let name = [(name: joined(place, key), value: item.name)]
                return name + item.value.fields(joined(place, value))
            }
        }
    }
}
