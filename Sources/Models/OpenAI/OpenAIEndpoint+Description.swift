import Foundation
import Transport

extension OpenAIEndpoint: SecretHolding {
    /// Scheme, host and path: a key may stand in the headers, the user or the query.
    public var description: String {
        let port = baseURL.port.map { ":\($0)" } ?? ""
        return "\(baseURL.scheme ?? "http")://\(baseURL.host() ?? "")\(port)\(baseURL.path())"
    }
}
