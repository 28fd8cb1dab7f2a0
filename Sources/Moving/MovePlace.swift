import Backends
import Foundation

/// Where data lie, or are to lie.
public enum MovePlace: Sendable {
    /// A data folder with its two databases.
    case folder(URL)
    /// A schema of a database server.
    case server(PostgresSettings)

    /// For messages: `sqlite:/srv/millrace`, `db.example:5432/millrace, schema millrace`.
    public var name: String {
        switch self {
        case .folder(let url): "sqlite:\(url.standardizedFileURL.path)"
        case .server(let settings): "\(settings.name), schema \(settings.schema ?? "public")"
        }
    }
}
