import Concurrency
import NIOCore

/// The other side of a ``HandoverPoint``.
public enum Handover {
    /// Takes the socket over from the process that serves, which ends from then on.
    ///
    /// - Parameters:
    ///   - path: where that process is asked.
    ///   - host: that is to be served. A socket that others can reach is none in the place of one that only this machine
    ///     can, nor the other way round.
    ///   - port: that is to be served; 0 for whichever it is.
    /// - Returns: the socket, at which connections wait now until they are accepted; `nil` when no process serves.
    /// - Throws: ``ServerError``: the other process serves on then.
    public static func take(from path: String, host: String, port: Int) async throws -> ListeningSocket? {
        try await BlockingExecutor(label: "millrace.takeover", width: 1).run {
            do {
                return try taken(from: path, host: host, port: port)
            } catch let failure as SocketFailure {
                throw ServerError.handoverFailed(path: path, reason: failure.description)
            }
        }
    }

    private static func taken(from path: String, host: String, port: Int) throws -> ListeningSocket? {
        let isForThisMachine = try isLoopback(host)
        guard let other = try HandoverSocket.connected(to: path) else { return nil }
        defer { other.close() }
        try other.send(HandoverSocket.greeting)
        let socket = try ListeningSocket(
            handedOver: try DescriptorPassing.receive(over: other.descriptor))
        do {
            if port != 0, let actual = socket.port, actual != port {
                throw ServerError.handoverElsewhere(port: actual, wanted: port)
            }
            guard socket.isLoopback == isForThisMachine else {
                throw ServerError.handoverOpenness(address: socket.address ?? "?", wanted: host)
            }
            // Nobody else accepts from here on.
            try other.send(HandoverSocket.taken)
        } catch {
            socket.close()
            throw error
        }
        return socket
    }

    /// Whether a name or address is this machine's own: what it stands for, as listening at it would find out.
    private static func isLoopback(_ host: String) throws -> Bool {
        guard let address = try? SocketAddress.makeAddressResolvingHost(host, port: 0).ipAddress else {
            throw ServerError.unknownHost(host: host)
        }
        return HostName(address).isLoopback
    }
}
