import ArgumentParser
import Foundation
import Transport

struct TopCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "top",
        abstract: "Shows what a running server does, second by second.",
        discussion: """
            Requests, times, runs, caches, memory and indexes, from /metrics, /v1/index and /v1/traces of the
            server. The latter two are for administrators: without a key of theirs, what they tell is missing.
            /metrics is told to the server's own machine unless metrics.remote says otherwise.

            q ends it. Where standard output is no terminal, and with --once, it writes one picture and ends.
            """)

    @OptionGroup var common: CommonOptions

    @Option(help: ArgumentHelp("The server; the one of the settings if not given.", valueName: "url"))
    var url: String?

    @Option(
        help: ArgumentHelp(
            "An API key of an administrator; better given as MILLRACE_API_KEY.", valueName: "key"))
    var key: String?

    @Option(help: ArgumentHelp("Seconds from one look to the next.", valueName: "seconds"))
    var interval: Double = 1

    @Flag(help: "Write one picture and end.")
    var once = false

    func validate() throws { try OptionRange.check("--interval", interval, in: 0.2...3_600) }

    func run() async throws {
        let settings = try common.settings()
        let environment = ProcessInfo.processInfo.environment
        let server = TopServer(
            address: url ?? Self.address(settings),
            key: (key ?? environment["MILLRACE_API_KEY"]).flatMap { $0.isEmpty ? nil : $0 },
            client: try Services(settings).plainClient())
        let isLive = !once && !common.json && Terminal.isInteractive(STDOUT_FILENO)
        guard isLive else { return try await show(server) }
        try await Interruption.cancelling { [interval] in
            try await TopScreen(server: server, interval: .seconds(interval)).run()
        }
    }

    /// One picture: rates are those of the interval between two looks.
    private func show(_ server: TopServer) async throws {
        try await Interruption.cancelling { [interval, common] in
            let first = try await server.look()
            try await Task.sleep(for: .seconds(min(interval, 5)))
            let picture = TopPicture(server: server.address, from: first, to: try await server.look())
            if common.json {
                print(try JSONText.encode(picture.figures))
            } else {
                print(picture.lines(width: 100).map { Terminal.safe($0) }.joined(separator: "\n"))
            }
        }
    }

    /// Where the settings say that the server is.
    private static func address(_ settings: Settings) -> String {
        var host = settings[\.server.host]
        // Whatever it listens on, from here it is this machine.
        if host == "0.0.0.0" || host == "::" { host = "127.0.0.1" }
        if host.contains(":") { host = "[\(host)]" }
        let scheme = settings[\.server.tlsCertificate] == nil ? "http" : "https"
        return "\(scheme)://\(host):\(settings[\.server.port])"
    }
}
