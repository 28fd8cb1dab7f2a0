/// A setting that cannot be used, with the place it came from.
enum ConfigurationError: Error, Equatable {
    case unreadable(file: String, reason: String)
    case notYAML(file: String, line: Int, reason: String)
    case notAMapping(file: String, line: Int)
    case unknownKey(origin: String, key: String, nearest: String?)
    case notAScalar(origin: String, key: String)
    case repeated(origin: String, key: String)
    case badValue(origin: String, key: String, value: String, expected: String)
    case badOverride(String)
    /// One that has settings of its own, and is not named among the tenants.
    case unknownTenant(origin: String, name: String, known: [String])
    /// What a tenant may not have of its own.
    case notOfTenants(origin: String, key: String, allowed: [String])
    /// What a setting stands for cannot be had.
    case unresolved(origin: String, key: String, reason: String)
}

extension ConfigurationError: CustomStringConvertible {
    var description: String {
        switch self {
        case .unreadable(let file, let reason):
            "\(file) cannot be read: \(reason)."
        case .notYAML(let file, let line, let reason):
            "\(file):\(line): this is no YAML: \(reason)."
        case .notAMapping(let file, let line):
            "\(file):\(line): keys with values are expected here, such as “server:” with “  port: 8080” below."
        case .unknownKey(let origin, let key, let nearest):
            "\(origin): there is no setting “\(key)”." + (nearest.map { " Did you mean “\($0)”?" } ?? "")
        case .notAScalar(let origin, let key):
            "\(origin): “\(key)” takes a single value."
        case .repeated(let origin, let key):
            "\(origin): “\(key)” is set twice."
        case .badValue(let origin, let key, let value, let expected):
            "\(origin): “\(key)” is “\(value)”; \(expected)."
        case .unresolved(let origin, let key, let reason):
            "\(origin): the value of “\(key)” cannot be had. \(reason)"
        case .unknownTenant(let origin, let name, let known):
            """
            \(origin): “\(name)” has settings of its own, but tenants names \
            \(known.isEmpty ? "none" : known.joined(separator: ", ")).
            """
        case .notOfTenants(let origin, let key, let allowed):
            """
            \(origin): “\(key)” is the same for all tenants. Of its own each may have \(allowed.joined(separator: ", ")).
            """
        case .badOverride(let text):
            "--set \(text): write it as key=value, such as --set server.port=8081."
        }
    }
}
