import Foundation

extension Keys {
    /// Sources that administrators add while the server runs.
    struct Sources: Sendable {
        let allowPrivateAddresses = Setting<[String]>(
            "sources.allow_private_addresses",
            "hosts and networks of one's own that added sources may have, such as wiki.example.org or 10.20.0.0/16"
        )
        let allowHTTP = Setting<Bool>(
            "sources.allow_http", false,
            "whether added sources may be read without TLS, their secrets with them")
    }
}
