import Foundation
import Synchronization

/// Draws a server's picture over the whole terminal, again and again, until somebody presses q.
struct TopScreen: Sendable {
    let server: TopServer
    let interval: Duration

    private enum Event: Sendable {
        case key(UInt8)
        case resized
        case seen(TopPicture)
        case failed(String)
    }

    func run() async throws {
        let terminal = try RawTerminal()
        defer { terminal.restore() }
        let (events, source) = AsyncStream<Event>.makeStream(bufferingPolicy: .bufferingNewest(64))
        let input = terminal.watch(
            onKey: { source.yield(.key($0)) }, onResize: { source.yield(.resized) })
        let looking = Task { await look { source.yield($0) } }
        defer {
            looking.cancel()
            input.forEach { $0.cancel() }
        }
        var picture: TopPicture?
        var failure: String?
        try await withTaskCancellationHandler {
            for await event in events {
                switch event {
                // q, Q, and Ctrl-C, which is a key like any other here.
                case .key(let byte):
                    if byte == 0x71 || byte == 0x51 || byte == 0x03 { return }
                case .resized: break
                case .seen(let seen): (picture, failure) = (seen, nil)
                case .failed(let reason): failure = reason
                }
                draw(picture, failure, on: terminal)
            }
            try Task.checkCancellation()
        } onCancel: {
            source.finish()
        }
    }

    private func look(_ tell: @Sendable (Event) -> Void) async {
        var before: TopReading?
        while !Task.isCancelled {
            do {
                let reading = try await server.look()
                tell(
                    .seen(TopPicture(server: server.address, from: before ?? reading, to: reading)))
                before = reading
            } catch {
                if Task.isCancelled { return }
                tell(.failed("\(error)"))
            }
            guard (try? await Task.sleep(for: interval)) != nil else { return }
        }
    }

    private func draw(_ picture: TopPicture?, _ failure: String?, on terminal: RawTerminal) {
        let (columns, rows) = terminal.size
        var lines = picture?.lines(width: columns) ?? ["asking \(server.address) …"]
        if let failure { lines.insert(TopPicture.cut("! " + failure, columns), at: min(1, lines.count)) }
        lines = Array(lines.prefix(max(rows - 1, 1))).map { Terminal.safe($0) }
        let foot = TopPicture.cut("q ends · every \(interval / .seconds(1)) s", columns)
        // Home; each line to its end; nothing below.
        let text =
            "\u{1B}[H" + lines.map { $0 + "\u{1B}[K\r\n" }.joined()
            + "\u{1B}[2m\(foot)\u{1B}[0m\u{1B}[K\u{1B}[J"
        terminal.write(text)
    }
}

/// The terminal with nothing between its keys and us, and a screen of our own; as it was before at the end.
final class RawTerminal: Sendable {
    private let before: termios
    private let isRestored = Atomic(false)

    /// - Throws: ``CommandError`` where standard input is no terminal.
    init() throws {
        var mode = termios()
        guard tcgetattr(STDIN_FILENO, &mode) == 0 else {
            throw CommandError("Standard input is no terminal, so no key could end it. Use --once.")
        }
        before = mode
        mode.c_lflag &= ~tcflag_t(ICANON | ECHO | ISIG)
        guard tcsetattr(STDIN_FILENO, TCSAFLUSH, &mode) == 0 else {
            throw CommandError("The terminal cannot be set: \(String(cString: strerror(errno))). Use --once.")
        }
        // The other screen, without a cursor.
        write("\u{1B}[?1049h\u{1B}[?25l\u{1B}[2J")
    }

    deinit { restore() }

    func restore() {
        guard !isRestored.exchange(true, ordering: .relaxed) else { return }
        write("\u{1B}[?25h\u{1B}[?1049l")
        var mode = before
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &mode)
    }

    /// Columns and rows.
    var size: (columns: Int, rows: Int) {
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else {
            return (80, 24)
        }
        return (Int(size.ws_col), Int(size.ws_row))
    }

    func write(_ text: String) {
        FileHandle.standardOutput.write(Data(text.utf8))
    }

    /// Tells of keys and of changes of the size until what it returns is cancelled.
    func watch(
        onKey: @escaping @Sendable (UInt8) -> Void, onResize: @escaping @Sendable () -> Void
    ) -> [any DispatchSourceProtocol] {
        let keys = DispatchSource.makeReadSource(fileDescriptor: STDIN_FILENO, queue: .global())
        keys.setEventHandler {
            var bytes = [UInt8](repeating: 0, count: 64)
            let count = read(STDIN_FILENO, &bytes, bytes.count)
            // At its end nothing more comes, and nothing could end the watching.
            if count <= 0 { return onKey(0x71) }
            bytes.prefix(count).forEach(onKey)
        }
        let sizes = DispatchSource.makeSignalSource(signal: SIGWINCH, queue: .global())
        sizes.setEventHandler { onResize() }
        keys.resume()
        sizes.resume()
        return [keys, sizes]
    }
}
