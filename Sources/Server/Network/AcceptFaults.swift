import Logging
import NIOCore

/// Keeps the listening socket alive when a connection cannot be taken.
///
/// To what is behind it any error means the end of all connections to come; yet a full table of open files, say, is
/// over as soon as some are closed. An error that does end the socket closes it, which needs no handler.
final class AcceptFaults: ChannelDuplexHandler {
    typealias InboundIn = any Channel
    typealias OutboundIn = Never

    /// How long nothing is taken after a fault, which would otherwise come again at once.
    private static let pause = TimeAmount.milliseconds(100)
    /// How often it is logged at most.
    private static let logPause = TimeAmount.seconds(10)

    private let logger: Logger
    private var isPaused = false
    private var hasToRead = false
    private var lastLogged: NIODeadline?

    init(logger: Logger) {
        self.logger = logger
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // A client that has gone before it was taken is nobody's fault.
        guard let error = error as? IOError else { return }
        if lastLogged.map({ NIODeadline.now() - $0 >= Self.logPause }) ?? true {
            lastLogged = .now()
            logger.warning(
                "a connection could not be accepted; waiting ones are taken as soon as it is possible",
                metadata: ["millrace.reason": "\(error)"])
        }
        guard !isPaused else { return }
        isPaused = true
        context.eventLoop.assumeIsolated().scheduleTask(in: Self.pause) {
            self.isPaused = false
            guard self.hasToRead, context.channel.isActive else { return }
            self.hasToRead = false
            context.read()
        }
    }

    func read(context: ChannelHandlerContext) {
        if isPaused { hasToRead = true } else { context.read() }
    }
}
