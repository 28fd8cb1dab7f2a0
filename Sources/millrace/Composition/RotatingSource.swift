import Confluence
import Synchronization

/// A Confluence that is signed in to anew when what signs in has changed.
final class RotatingSource: Sendable {
    private let make: @Sendable () throws -> ConfluenceSource
    private let made = Mutex<(secrets: [String?], source: ConfluenceSource)?>(nil)

    init(_ make: @escaping @Sendable () throws -> ConfluenceSource) {
        self.make = make
    }

    /// - Parameter secrets: what it is signed in with at this moment.
    func current(signedBy secrets: [String?]) throws -> ConfluenceSource {
        try made.withLock { made in
            if let made, made.secrets == secrets { return made.source }
            let source = try make()
            made = (secrets, source)
            return source
        }
    }
}

extension Services {
    /// What a Confluence is signed in to with, as it is now.
    var confluenceSecrets: [String?] {
        [
            settings[\.confluence.email], settings[\.confluence.token], settings[\.confluence.clientSecret],
            settings[\.http.keyPassword],
        ]
    }
}
