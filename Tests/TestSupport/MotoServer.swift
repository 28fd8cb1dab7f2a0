import Foundation
import Transport

/// moto, which plays AWS for the whole test process and checks every signature; see `moto_server.py`.
public struct MotoServer: Sendable {
    private struct Running: Sendable {
        let server: ChildServer
        let folder: TemporaryDirectory
        /// By user: `accessKeyID` and `secretAccessKey`.
        let keys: [String: [String: String]]
    }

    private static let shared = Result<Running, any Error> {
        let folder = try TemporaryDirectory()
        let file = folder.path("keys.json")
        let server = try ChildServer(script: "moto_server.py", arguments: [file])
        let keys = try JSONDecoder().decode(
            [String: [String: String]].self, from: try Data(contentsOf: URL(fileURLWithPath: file)))
        return Running(server: server, folder: folder, keys: keys)
    }

    private let running: Running

    public init() throws {
        running = try Self.shared.get()
    }

    /// Scheme, host and port.
    public var endpoint: String { running.server.url }

    /// - Parameter user: `admin`, who may do everything, or `nobody`.
    public func keys(of user: String) -> AWSCredentials {
        let keys = running.keys[user]
        return AWSCredentials(
            accessKeyID: keys?["accessKeyID"] ?? "", secretAccessKey: keys?["secretAccessKey"] ?? "")
    }
}
