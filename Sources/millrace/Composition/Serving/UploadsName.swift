import Backends
import Foundation

/// What uploads are called as a source of jobs.
///
/// Of a data folder alone they are `uploads`. Of a database that several share each folder has its own, `uploads-NODE`, but
/// for the folder whose data were moved there: jobs and files of before go on under the name that they have. Those that wait
/// in a bucket, where any process reads them, are `uploads-shared`; a node's name has eight digits.
enum UploadsName {
    static let alone = "uploads"
    static let shared = "uploads-shared"
    /// In a data folder whose data were moved to a server: where to.
    private static let file = "moved-uploads"

    /// Notes that a folder's data were moved to a server, where nothing was before.
    static func keep(of folder: URL, movedTo server: PostgresSettings) throws {
        try Data("\(place(server))\n".utf8)
            .write(to: folder.appendingPathComponent(file), options: .atomic)
    }

    /// Whether a folder's data were moved to this database and schema.
    static func isKept(of folder: URL, in server: PostgresSettings) -> Bool {
        let text = try? String(contentsOf: folder.appendingPathComponent(file), encoding: .utf8)
        return text?.trimmingCharacters(in: .whitespacesAndNewlines) == place(server)
    }

    /// Without the host: one server has many names, and another one after a failover.
    private static func place(_ server: PostgresSettings) -> String {
        "\(server.database) \(server.schema ?? "public")"
    }
}

extension Services {
    /// The name of this folder's uploads in a database that several processes share.
    func sharedUploadsName() throws -> String {
        UploadsName.isKept(of: settings[\.data], in: try primarySettings())
            ? UploadsName.alone : "\(UploadsName.alone)-\(try nodeID())"
    }
}
