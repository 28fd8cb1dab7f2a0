import CorpusSQLite
import Foundation
import Logging
import Server

/// Where the socket that `serve` listens at comes from, and where it goes when another process serves next.
struct ServedSocket {
    /// The name of the socket in the data folder at which a process that serves it is asked for its own; of no part of a backup.
    static let name = ".handover"
    /// How long a process that has handed its socket over may take to its end, beyond the grace of a shutdown.
    private static let patience = Duration.seconds(30)

    private let folder: URL

    init(_ settings: Settings) {
        folder = settings[\.data]
    }

    private var path: String { folder.appendingPathComponent(Self.name).path(percentEncoded: false) }

    /// The socket at which connections wait already, if there is one: that of `systemd`, or that of the process that serves
    /// the same folder.
    ///
    /// What takes long and needs no data folder is made before, so that connections wait only for that process's end
    /// and for the opening of the folder.
    func given(
        takesOver: Bool, _ configuration: ServerConfiguration, _ services: Services
    ) async throws -> ListeningSocket? {
        if let inherited = try ListeningSocket.inherited() { return inherited }
        guard takesOver else { return nil }
        // Whatever stops this process is to stop it while the other one serves.
        try await configuration.checkCertificate()
        try services.checkIdentitySettings()
        try await services.checkSomebodyCouldSignIn(configuration)
        _ = try services.houses()
        _ = try await services.embedder()
        guard
            let socket = try await Handover.take(
                from: path, host: configuration.host, port: configuration.port)
        else { return nil }
        services.logger.info("the socket is taken over; the process before ends what it has begun")
        try await DataFolder.waitUntilFree(
            folder, atMost: configuration.shutdownGrace + Self.patience)
        return socket
    }

    /// Hands the server's socket over to whoever takes it, and ends this process as a signal does.
    func point(of server: MillraceServer) -> HandoverPoint {
        server.handover(at: path) { kill(getpid(), SIGTERM) }
    }
}
