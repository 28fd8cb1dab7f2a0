import Corpus
import Foundation
import Server
import ServiceLifecycle

/// What the command line asks of the process that serves its data folder, over a Unix socket in it.
///
/// Whoever can open the socket could open the folder: they ask as whom they like, as they could if nobody served it. What
/// comes back is what a command prints, made by the same code.
struct ServedQuestions {
    /// The name of the socket in the data folder; of no part of a backup.
    static let name = ".questions"

    /// The graph of the default tenant.
    private let root: Services

    init(root: Services) {
        self.root = root
    }

    private var folder: URL { root.settings[\.data] }
    private var path: String { folder.appendingPathComponent(Self.name).path(percentEncoded: false) }

    // MARK: Asking

    /// Has the process that serves do work.
    ///
    /// - Parameters:
    ///   - asked: the same work, as it is sent.
    ///   - holder: the process that has the folder, if it is known.
    ///   - say: takes each part as it comes.
    /// - Returns: the exit code; `nil` when no process takes questions.
    /// - Throws: ``LocalCallError``, ``ServedFolderError``; ``CommandError`` with what that process says is wrong.
    func status<Work: FolderWork>(
        of work: Work, _ asked: AskedWork, holder: Int32?,
        say: @escaping @Sendable (Work.Part) async throws -> Void
    ) async throws -> Int32? {
        let message = try JSONEncoder().encode(asked)
        let end: Data?
        do {
            end = try await LocalCall.send(message, to: path, isLong: work.isLong) { data in
                guard let part = try? JSONDecoder().decode(Work.Part.self, from: data) else {
                    throw otherVersion
                }
                try await say(part)
            }
        } catch LocalCallError.silent(_, let waited) {
            throw ServedFolderError.silent(
                folder: folder.path, processID: holder, seconds: waited / .seconds(1))
        } catch LocalCallError.otherVersion {
            throw otherVersion
        }
        guard let end else { return nil }
        guard let reply = try? JSONDecoder().decode(Reply.self, from: end) else { throw otherVersion }
        switch reply {
        case .done(let status): return status
        case .refused(let reason): throw CommandError(reason)
        }
    }

    private var otherVersion: CommandError {
        CommandError(
            "The process that serves \(folder.path) is another version than this one. Start it anew.")
    }

    // MARK: Answering

    /// What answers them, for as long as this process serves.
    ///
    /// - Parameter tenants: the graphs of the other tenants that are served, by their names.
    func point(_ tenants: [String: Services]) -> LocalPoint {
        LocalPoint(path: path, logger: root.logger) { message, line in
            let reply: Reply
            do {
                let asked = try JSONDecoder().decode(AskedWork.self, from: message)
                reply = .done(try await status(of: asked, tenants, line))
            } catch is DecodingError {
                reply = .refused(otherVersion.description)
            } catch is CancellationError {
                reply = .refused("The process that serves \(folder.path) ends. Ask again.")
            } catch {
                reply = .refused("\(error)")
            }
            return (try? JSONEncoder().encode(reply)) ?? Data()
        }
    }

    private func status(
        of asked: AskedWork, _ tenants: [String: Services], _ line: LocalLine
    ) async throws -> Int32 {
        let served = asked.tenant.map { tenants[$0] } ?? root
        guard let services = served else {
            throw CommandError(
                """
                The process that serves \(folder.path) does not serve the tenant “\(asked.tenant ?? "")”. Start it with \
                that name among \(Settings.name(\.tenants)), or stop it.
                """)
        }
        let differing = services.settings.differing(from: asked.overrides)
        guard differing.isEmpty else {
            throw CommandError(
                """
                The process that serves \(folder.path) has other values for \(differing.joined(separator: ", ")). \
                Ask without --set for these, or stop it.
                """)
        }
        switch asked.kind {
        case .question(let work): return try await status(of: work, services, line)
        case .journey(let work): return try await status(of: work, services, line)
        case .run(let work): return try await status(of: work, services, line)
        case .evaluation(var work):
            work.isServed = true
            // The process need not be kept from its end by hundreds of questions.
            return try await cancelWhenGracefulShutdown { [work] in
                do {
                    return try await status(of: work, services, line)
                } catch  where Task.isCancelled {
                    throw CancellationError()
                }
            }
        }
    }

    private func status(
        of work: some FolderWork, _ services: Services, _ line: LocalLine
    ) async throws -> Int32 {
        try await work.check(services)
        return try await work.status(in: services) { try await line.say(JSONEncoder().encode($0)) }
    }
}

/// How a reply ends.
private enum Reply: Codable {
    /// With the exit code of the command.
    case done(Int32)
    /// With the reason, for people.
    case refused(String)
}
