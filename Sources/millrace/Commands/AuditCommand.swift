import ArgumentParser
import Foundation
import Workspace

struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "Shows what administrators did, and checks that the log is whole.",
        discussion: """
            Each line of the log holds the digest of the one before. With --verify every line is looked at; exit code \
            1 says that one was changed or taken out. Note the last digest elsewhere to notice a log that was cut off.
            """)

    @OptionGroup var options: KeyOptions

    @Flag(help: "Check every line instead of showing the newest.")
    var verify = false

    @Option(help: ArgumentHelp("Lines to show.", valueName: "count"))
    var limit: Int = 50

    private struct Line: Encodable {
        var sequence: Int64
        var at: Date
        var actor: String
        var act: String
        var object: String
        var details: [String: String]
    }

    func validate() throws { try OptionRange.check("--limit", limit, in: 1...10_000) }

    func run() async throws {
        let log = try await options.workspace(
            absence: "So nothing has been done there that the log would tell of; check --data.")
        guard !verify else {
            let verdict = try await log.verifyAudit()
            if let broken = verdict.brokenAt {
                throw CommandError(
                    "Line \(broken) of the audit log does not fit the one before: one of them was changed.")
            }
            let head = verdict.head.map { String(format: "%02x", $0) }.joined()
            print("\(verdict.count) lines, all of them fit. The last one's digest is \(head).")
            return
        }
        let lines = try await log.records(of: options.tenant.name, before: nil, limit: limit).map {
            Line(
                sequence: $0.sequence, at: $0.time, actor: $0.act.actor, act: $0.act.act,
                object: $0.act.object, details: $0.act.details)
        }
        guard !options.common.json else {
            print(try JSONText.encode(lines))
            return
        }
        if lines.isEmpty { print("Nothing has been done yet that the log tells of.") }
        for line in lines {
            let details = line.details.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
            print(
                Terminal.safe(
                    "\(line.sequence)  \(line.at.formatted(.iso8601))  \(line.act)  \(line.object)  by \(line.actor)"
                ))
            if !details.isEmpty {
                print("   " + Terminal.styled(Terminal.safe(details.joined(separator: " · ")), .dim))
            }
        }
    }
}
