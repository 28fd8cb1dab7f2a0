import JSONValue

extension LangflowExport {
    /// The export as it stands, groups closed, with the keys that were typed into it taken out. Names of global
    /// variables stay. This is what may be kept: a flow never holds a secret.
    public var withoutSecrets: JSONValue { Self.withoutSecrets(json, depth: 0) }

    private static func withoutSecrets(_ json: JSONValue, depth: Int) -> JSONValue {
        // A parser reads no more than 512 levels; this one stops where no export goes.
        guard depth < 600 else { return .null }
        switch json {
        case .array(let values): return .array(values.map { withoutSecrets($0, depth: depth + 1) })
        case .object(var members):
            let isSecret =
                members["password"]?.bool ?? false || members["_input_type"]?.string == "SecretStrInput"
            let value = members["value"] ?? .null
            // Whatever its form: a key may stand in a list or an object. The name of a variable is a text.
            let isName = members["load_from_db"]?.bool == true && value.string != nil
            if isSecret, value != .null, !isName { members["value"] = "" }
            return .object(members.mapValues { withoutSecrets($0, depth: depth + 1) })
        default: return json
        }
    }
}
