import HummingbirdCore
import Logging
import NIOCore
import NIOExtras
import NIOPosix
import ServiceLifecycle
import Synchronization

/// Accepts connections at a socket and has each served, until a shutdown: then nothing is accepted any more, and the
/// connections that are there end as they become idle.
///
/// Hummingbird's own server makes its socket itself, and so could not be given one.
struct Listener: Service {
    let socket: ListeningSocket
    /// What is made of each connection.
    let child: GuardedChannel
    /// Connections at a time; more wait at the socket.
    let limit: Int
    /// Holds the socket for whoever it is handed over to.
    let point: ListeningPoint
    let logger: Logger
    /// Called once, as soon as connections are accepted.
    let onReady: @Sendable () -> Void

    func run() async throws {
        let group = MultiThreadedEventLoopGroup.singleton
        let quiescing = ServerQuiescingHelper(group: group)
        point.hold(socket)
        defer { point.close() }
        let accepted = AcceptedConnections<NegotiatedConnection>()
        let server = try await ServerBootstrap(group: group)
            .serverChannelInitializer { [logger, limit] channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    try pipeline.addHandler(AcceptPause())
                    try pipeline.addHandler(AcceptFaults(logger: logger))
                    try pipeline.addHandler(AvailableConnectionsChannelHandler(maxConnections: limit))
                    try pipeline.addHandler(quiescing.makeServerChannelHandler(channel: channel))
                }
            }
            .serverChannelOption(ChannelOptions.autoRead, value: false)
            .childChannelOption(ChannelOptions.allowRemoteHalfClosure, value: true)
            .childChannelInitializer { [child, quiet] channel in
                child.setup(channel: channel, logger: quiet).map { connection in
                    guard !accepted.add(connection) else { return }
                    // Accepted while everything is cut off: it is, too.
                    channel.close(promise: nil)
                    Task { [child, quiet] in await child.handle(value: connection, logger: quiet) }
                }
            }
            .withBoundSocket(socket.descriptor).get()
        try await AcceptPause.begin(server).get()
        let isDraining = Atomic(false)
        server.closeFuture.whenComplete { [logger] result in
            // In a shutdown, what was accepted last may still be on its way here.
            guard !isDraining.load(ordering: .acquiring) else { return }
            if case .failure(let error) = result {
                logger.error(
                    "connections are accepted no longer", metadata: ["millrace.reason": "\(error)"])
            }
            accepted.finish()
        }
        await withGracefulShutdownHandler {
            onReady()
            await withTaskCancellationHandler {
                await withDiscardingTaskGroup { tasks in
                    while let connection = await accepted.next() {
                        tasks.addTask { [child, quiet] in
                            await child.handle(value: connection, logger: quiet)
                        }
                    }
                }
            } onCancel: {
                server.close(promise: nil)
                accepted.finish()
            }
        } onGracefulShutdown: { [point] in
            point.close()
            isDraining.store(true, ordering: .releasing)
            AcceptPause.pause(server) {
                let drained = server.eventLoop.makePromise(of: Void.self)
                drained.futureResult.whenComplete { _ in accepted.finish() }
                quiescing.initiateShutdown(promise: drained)
            }
        }
    }

    /// What Hummingbird would say of connections, the server says itself.
    private var quiet: Logger {
        var quiet = logger
        quiet.logLevel = .critical
        return quiet
    }
}
