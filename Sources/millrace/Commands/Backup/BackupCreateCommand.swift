import ArgumentParser
import Backup
import Foundation
import Logging

struct BackupCreateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Writes a backup; this is what `millrace backup` does.",
        discussion: """
            With --every it goes on until a signal. Then the first backup is read back whole, and of later ones what is
            new; `millrace backup verify` reads one whole at any time.
            """)

    @OptionGroup var common: CommonOptions
    @OptionGroup var place: BackupPlaceOptions

    @Option(help: ArgumentHelp("Another one each time this has passed, as 60s, 5m or 1h.", valueName: "time"))
    var every: Interval?

    @Option(help: ArgumentHelp("Remove all but the newest afterwards.", valueName: "n"))
    var keep: Int?

    @Flag(name: .customLong("no-verify"), help: "Do not read back what was written.")
    var isUnverified = false

    @Flag(name: .customLong("without-indexes"), help: "Leave out indexes: a start makes them anew.")
    var leavesOutIndexes = false

    @Flag(name: .customLong("with-pages"), help: "Keep the cache of Confluence's pages, too.")
    var includesPages = false

    func validate() throws {
        if let keep, keep < 1 { throw ValidationError("--keep takes 1 or more.") }
    }

    func run() async throws {
        let services = try await common.services()
        let repository = try await place.repository(services)
        let source = try services.backupSource(
            includingIndexes: !leavesOutIndexes, includingPages: includesPages)
        let rounds = BackupRounds(
            backup: FolderBackup(source, to: repository), repository: repository, every: every?.duration,
            keep: keep, isVerified: !isUnverified, logger: services.logger)
        let isJSON = common.json
        try await Interruption.cancelling {
            try await rounds.run { try Self.show($0, asJSON: isJSON) }
        }
    }

    /// A time between two backups.
    struct Interval: ExpressibleByArgument, Sendable {
        var duration: Duration

        init?(argument: String) {
            guard let match = argument.wholeMatch(of: /(\d{1,6})(s|m|h)/), let count = Int(match.1) else {
                return nil
            }
            let seconds = count * (match.2 == "h" ? 3_600 : match.2 == "m" ? 60 : 1)
            guard (1...604_800).contains(seconds) else { return nil }
            duration = .seconds(seconds)
        }
    }

    private struct Report: Encodable {
        var id: String
        var createdAt: String
        var files: Int
        var bytes: Int
        var newObjects: Int
        var newBytes: Int
        var remarks: [String]
    }

    private static func show(_ outcome: BackupOutcome, asJSON isJSON: Bool) throws {
        let manifest = outcome.manifest
        for remark in outcome.remarks { Terminal.print(error: "warning: \(Terminal.safe(remark))") }
        if isJSON {
            let report = Report(
                id: manifest.id, createdAt: manifest.createdAt, files: manifest.files.count,
                bytes: manifest.byteCount, newObjects: outcome.newObjectCount, newBytes: outcome.newByteCount,
                remarks: outcome.remarks)
            // A line each, so that a program can follow along.
            print(try JSONText.encode(report, pretty: false))
        } else {
            let (size, new) = (ByteCount.text(manifest.byteCount), ByteCount.text(outcome.newByteCount))
            print("\(manifest.id)  \(manifest.files.count) files, \(size); \(new) were new")
        }
        // Standard output may be a pipe that is read while this goes on.
        fflush(nil)
    }
}

/// One backup, or one after the other until the task is cancelled.
struct BackupRounds: Sendable {
    /// With many backups to keep, a pruning reads many manifests.
    private static let pruneInterval: Duration = .seconds(3_600)

    let backup: FolderBackup
    let repository: BackupRepository
    let every: Duration?
    let keep: Int?
    let isVerified: Bool
    let logger: Logger

    /// - Throws: what the first backup throws. A later one that fails is logged, and the next one is tried in its turn.
    func run(_ report: (BackupOutcome) throws -> Void) async throws {
        guard let every else {
            try report(try await backup.run(check: isVerified ? .whole : .none))
            if let keep { _ = try await repository.prune(keeping: keep) }
            return
        }
        do {
            try await go(on: every, report)
        } catch  where Task.isCancelled {
            // A signal is how this ends. A backup that it interrupts is none, and those before it stay.
        }
    }

    private func go(on every: Duration, _ report: (BackupOutcome) throws -> Void) async throws {
        var isFirst = true
        var lastPruned: ContinuousClock.Instant?
        while true {
            let begun = ContinuousClock.now
            do {
                try report(try await backup.run(check: !isVerified ? .none : isFirst ? .whole : .written))
                if let keep, lastPruned.map({ begun - $0 >= Self.pruneInterval }) ?? true {
                    _ = try await repository.prune(keeping: keep)
                    lastPruned = begun
                }
                isFirst = false
            } catch {
                try Task.checkCancellation()
                if isFirst { throw error }
                logger.error("a backup failed", metadata: ["millrace.reason": "\(error)"])
            }
            try await Task.sleep(until: begun + every, clock: .continuous)
        }
    }
}
